// <waiting-poll seconds="3">: asks again while the page is in view; without script the page reloads itself.
class WaitingPoll extends HTMLElement {
  connectedCallback() {
    this.pause = Math.max(1, Number(this.getAttribute("seconds")) || 3) * 1000;
    this.again();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  again() {
    this.timer = setTimeout(() => this.look(), this.pause);
  }

  async look() {
    if (document.hidden) return this.again();
    try {
      const answer = await fetch(location.pathname + "/state", { headers: { Accept: "application/json" }, cache: "no-store" });
      const { waiting } = await answer.json();
      if (answer.status === 404 || (answer.ok && !waiting)) return location.reload(); // the page says what became of it
    } catch {
      // no network: try again, the person may be in the other app
    }
    return this.again();
  }
}

customElements.define("waiting-poll", WaitingPoll);
