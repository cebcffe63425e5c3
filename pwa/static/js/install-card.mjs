// <install-card>: shown when the browser says that this site can be installed. The server leaves it out of the first
// visit and of every page that asks for an answer.
class InstallCard extends HTMLElement {
  connectedCallback() {
    addEventListener("beforeinstallprompt", this.offer);
    addEventListener("appinstalled", this.hide);
    this.querySelector("button")?.addEventListener("click", this.install);
  }

  disconnectedCallback() {
    removeEventListener("beforeinstallprompt", this.offer);
    removeEventListener("appinstalled", this.hide);
  }

  offer = (event) => {
    event.preventDefault();
    this.waiting = event;
    this.hidden = false;
  };

  install = async () => {
    await this.waiting?.prompt();
    this.hide();
  };

  hide = () => {
    this.hidden = true;
  };
}

customElements.define("install-card", InstallCard);
