// Says with an answer how its text was read: the display's mode and how long it was read aloud. No more than that; it
// goes into the consent record, so that it can be shown later that the text could be read.
const modes = { dark: "(prefers-color-scheme: dark)", "forced-colors": "(forced-colors: active)" };

export function tell(form) {
  const { modes: seen, audio_played_s: heard } = form.elements;
  if (!seen || !heard) return;
  seen.value = Object.keys(modes).filter((name) => matchMedia(modes[name]).matches).join(" ");
  heard.value = Math.round(document.querySelector("read-aloud")?.heard?.() ?? 0);
}
