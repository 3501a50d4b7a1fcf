// Keeps the page of a kiosk, its styles and its script on the device: the network first, what is kept when there is none. Answers and
// questions pass by: the page keeps them itself.
const NAME = "regard-kiosk";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const fetched = async (request) => {
  const cache = await caches.open(NAME);
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(request, answer.clone());
    return answer;
  } catch (trouble) {
    const kept = await cache.match(request);
    if (kept) return kept;
    throw trouble;
  }
};

self.addEventListener("message", (event) => event.waitUntil(Promise.all(event.data.map((address) => fetched(new Request(address)).catch(() => {})))));
self.addEventListener("fetch", (event) => {
  const { request } = event, { origin, pathname } = new URL(request.url);
  if (request.method === "GET" && origin === self.location.origin && !pathname.startsWith("/inapp/")) event.respondWith(fetched(request));
});
