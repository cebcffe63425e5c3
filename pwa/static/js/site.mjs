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

// The page after signing out: what other tabs still show is put away at once.
if (document.getElementById("done") && globalThis.BroadcastChannel) new BroadcastChannel("session").postMessage(0);

// A form is sent once, however often it is tapped, and shows that it is on its way. If the page is still here after a
// while, nothing came of it: the browser was stopped, or another app has opened what follows. Files take longer.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if ("again" in form.dataset) return; // a download leaves the page where it is
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, form.enctype === "multipart/form-data" ? 120_000 : 10_000);
  tell(form);
});
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});
