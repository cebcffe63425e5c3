// The only script a page names. Each element brings its own comfort; a page without any of them works the same.
import "./drop-file.mjs";
import { tell } from "./how-it-was-read.mjs";
import "./install-card.mjs";
import "./read-aloud.mjs";
import "./session-timeout.mjs";
import "./waiting-poll.mjs";

// Registering a worker is a Trusted Types sink; this is the site's one policy, and it allows one address.
if ("serviceWorker" in navigator) {
  const worker = "/sw.js";
  const allowed = { createScriptURL: (url) => (url === worker ? url : "") };
  const policy = globalThis.trustedTypes?.createPolicy("app", allowed) ?? allowed;
  navigator.serviceWorker.register(policy.createScriptURL(worker), { scope: "/" }).catch(() => {});
}

// A form is sent once, however often it is tapped.
document.addEventListener("submit", (event) => {
  if ("again" in event.target.dataset) return; // a download leaves the page where it is
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
  tell(event.target);
});
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});
