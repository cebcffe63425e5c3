// <session-timeout seconds="900" ask="/en/session" page="/en/links">: says in good time that the session ends, and offers to stay.
// The server decides; without script the next page simply asks to sign in again. Nothing that was finished is lost.
const warning = 150; // seconds before the end
const every = 30; // seconds between two announcements, so that a screen reader is not flooded

class SessionTimeout extends HTMLElement {
  connectedCallback() {
    this.words = this.querySelector("p");
    this.querySelector("button[type=button]").addEventListener("click", () => this.stay());
    this.look = this.look.bind(this);
    document.addEventListener("visibilitychange", this.look); // timers sleep while the page is out of sight
    if (globalThis.BroadcastChannel) {
      this.others = new BroadcastChannel("session"); // a page in another tab has just kept it alive
      this.others.onmessage = ({ data }) => (data ? this.lasts(data) : this.putAway()); // or has ended it
    }
    const seconds = Number(this.getAttribute("seconds"));
    this.lasts(seconds);
    this.others?.postMessage(seconds);
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.look);
    this.others?.close();
  }

  lasts(seconds) {
    this.end = Date.now() + seconds * 1000;
    // a session that is nearly at its longest is told of once more, halfway
    this.warnFrom = Math.min(warning, seconds / 2);
    this.said = undefined;
    this.hidden = true;
    this.look();
  }

  look() {
    clearTimeout(this.timer);
    const left = (this.end - Date.now()) / 1000;
    if (left <= -2) return this.putAway();
    if (left <= this.warnFrom) this.say(Math.max(every, Math.ceil(left / every) * every));
    this.timer = setTimeout(this.look, Math.max(1, left > this.warnFrom ? left - this.warnFrom : 1) * 1000);
  }

  say(about) {
    if (this.said === about) return;
    this.said = about;
    this.hidden = false;
    this.words.textContent = this.dataset.text.replace("{}", about);
  }

  // The server has ended it, so what was shown goes. Not by reloading: that would send a form again.
  putAway() {
    location.replace(this.getAttribute("page"));
  }

  async stay() {
    try {
      const answer = await fetch(this.getAttribute("ask"), { headers: { Accept: "application/json" }, cache: "no-store" });
      const { seconds } = await answer.json();
      if (!answer.ok || !seconds) return this.putAway();
      this.lasts(seconds);
      this.others?.postMessage(seconds);
    } catch {
      // no network: the warning stays, and the button can be pressed again
    }
  }
}

customElements.define("session-timeout", SessionTimeout);
