// <drop-file>: a file may be dropped anywhere on it; its name is shown, and the button can be reached at once.
class DropFile extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input[type=file]");
    if (!this.input) return;
    this.addEventListener("dragover", this.over);
    this.addEventListener("dragleave", () => this.classList.remove("over"));
    this.addEventListener("drop", this.drop);
  }

  over = (event) => {
    event.preventDefault();
    this.classList.add("over");
  };

  drop = (event) => {
    event.preventDefault();
    this.classList.remove("over");
    if (!event.dataTransfer.files.length) return;
    this.input.files = event.dataTransfer.files;
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
    this.closest("form")?.querySelector("button")?.focus();
  };
}

customElements.define("drop-file", DropFile);
