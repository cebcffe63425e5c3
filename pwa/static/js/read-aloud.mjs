// <read-aloud for="notice" voice="zh-HK">: reads a text clause by clause with the phone's own voice and marks the
// clause that is read. It never starts by itself and stops when the page is left.
const characters = { zh: 4.2, yue: 4.2, en: 14, pt: 14 }; // spoken in a second, roughly

class ReadAloud extends HTMLElement {
  connectedCallback() {
    this.speech = globalThis.speechSynthesis;
    this.button = this.querySelector("button");
    this.text = document.getElementById(this.getAttribute("for"));
    if (!this.speech || !this.button || !this.text) return;
    const offer = () => (this.hidden = !this.voice()); // a voice of another language would read nonsense, or nothing
    this.speech.addEventListener?.("voiceschanged", offer); // many phones find their voices after the page
    offer();
    this.label = this.button.querySelector("span");
    this.start = this.label.textContent;
    const pace = characters[this.getAttribute("voice").split("-")[0]] ?? 10;
    const length = Math.ceil(this.text.textContent.trim().length / pace / 10) * 10;
    this.button.querySelector(".small").textContent = this.dataset.seconds.replace("{}", length);
    this.button.addEventListener("click", () => (this.reading ? this.stop() : this.read()));
    addEventListener("pagehide", () => this.stop());
  }

  // Seconds for which it was read, all in all.
  heard() {
    return ((this.earlier ?? 0) + (this.reading ? Date.now() - this.since : 0)) / 1000;
  }

  read() {
    this.reading = true;
    this.since = Date.now();
    this.label.textContent = this.dataset.stop;
    this.button.setAttribute("aria-pressed", "true");
    const clauses = [...this.text.querySelectorAll("section")];
    clauses.forEach((clause, place) => {
      const said = new SpeechSynthesisUtterance(clause.textContent.trim());
      said.lang = this.getAttribute("voice");
      said.voice = this.voice() ?? null;
      said.rate = 0.95;
      said.onstart = () => this.mark(clause);
      if (place === clauses.length - 1) said.onend = () => this.stop();
      said.onerror = () => this.stop();
      this.speech.speak(said);
    });
  }

  stop() {
    if (!this.reading) return;
    this.earlier = this.heard() * 1000;
    this.reading = false;
    this.speech.cancel();
    this.mark(undefined);
    this.label.textContent = this.start;
    this.button.setAttribute("aria-pressed", "false");
  }

  voice() {
    const wanted = this.getAttribute("voice").toLowerCase();
    const voices = this.speech.getVoices();
    const same = (tag) => voices.find((voice) => voice.lang.toLowerCase().replace("_", "-").startsWith(tag));
    return same(wanted) ?? (wanted === "zh-hk" ? same("yue") : same(wanted.split("-")[0]));
  }

  mark(clause) {
    if (!globalThis.Highlight || !CSS.highlights) return;
    CSS.highlights.delete("spoken");
    if (!clause) return;
    const range = new Range();
    range.selectNodeContents(clause);
    CSS.highlights.set("spoken", new Highlight(range));
    clause.scrollIntoView({ block: "nearest" });
  }
}

customElements.define("read-aloud", ReadAloud);
