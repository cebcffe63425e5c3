// Network first, with navigation preload; when the network is gone, the offline page in the page's own language.
// Only the shell is kept. An answer for a person is never put into a cache.
const revision = "REVISION";
const keep = ["KEEP"];
const languages = ["LANGUAGES"];

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches.open(revision).then((cache) => cache.addAll(keep.map((url) => new Request(url, { cache: "reload", credentials: "omit" })))).then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name !== revision) await caches.delete(name);
      await self.registration.navigationPreload?.enable();
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(event, url));
  else if (keep.includes(url.pathname)) event.respondWith(shell(request));
});

async function page(event, url) {
  try {
    return (await event.preloadResponse) || (await fetch(event.request));
  } catch {
    return (await caches.match(`/${language(url)}/offline`)) || Response.error();
  }
}

async function shell(request) {
  return (await caches.match(request)) || fetch(request);
}

function language(url) {
  const first = url.pathname.split("/")[1];
  if (languages.includes(first)) return first;
  return navigator.languages.map(ofTag).find(Boolean) || languages[0];
}

function ofTag(tag) {
  const [primary, ...rest] = tag.toLowerCase().split("-");
  if (primary === "en" || primary === "pt") return primary;
  if (primary !== "zh" && primary !== "yue") return undefined;
  if (rest.includes("hans")) return "zh-Hans";
  const traditional = primary === "yue" || ["hant", "hk", "mo", "tw"].some((part) => rest.includes(part));
  return traditional ? "zh-Hant" : "zh-Hans";
}
