// Answers wait on the device until the server has taken them. Each visitor's stand under a key of their own, page by page, so that what
// is sent twice is one response. At most as many as fit and as `MOST` says.

const MOST = 500;

const queueOf = (key, api, told) => {
  const prefix = `regard.kiosk.${key}.`;
  const names = () => Object.keys(localStorage).filter((name) => name.startsWith(prefix)).sort();
  const read = (name) => JSON.parse(localStorage.getItem(name) ?? "null");
  let pumping = false, more = false, down = false, again = 0;

  const post = async (path, content) => {
    try {
      const answer = await fetch(`${api}/${path}`, { method: "POST", body: JSON.stringify(content), credentials: "omit" });
      const wait = Number(answer.headers.get("Retry-After")) || 0;
      return { status: answer.status, wait, body: await answer.json() };
    } catch {
      return { status: 0, wait: 0 };
    }
  };

  // One page of one visitor. Whether it is done with: taken, or such that it never can be.
  const sendPage = async (name, item, page) => {
    const begins = item.token ? {} : { key: item.key, language: item.language, version: item.version };
    const { status, wait, body } = await post(item.token ? `responses/${item.token}` : `surveys/${key}`, { ...page, ...begins });
    if (status === 422) {
      item.token ??= body.response;
      const good = page.asked.filter((id) => !(id in body.errors));
      if (!good.length || good.length === page.asked.length) return true;
      // Nobody is there any more to be asked again: what can be taken is.
      return sendPage(name, item, { ...page, asked: good, answers: Object.fromEntries(good.map((id) => [id, page.answers[id] ?? null])) });
    }
    if (status === 200) item.token = body.response;
    again = wait ? Date.now() + wait * 1000 : 0;
    down = status === 0 || status === 429;
    return [200, 400, 413].includes(status) || (status === 404 && !!item.token); // a response that was erased meanwhile takes nothing more
  };

  const sendItem = async (name) => {
    for (;;) {
      const item = read(name);
      if (!item) return true;
      const page = item.pages[0];
      if (!page) {
        if (!item.open) localStorage.removeItem(name);
        return true;
      }
      if (!(await sendPage(name, item, page))) return false;
      const now = read(name); // more may have been answered meanwhile
      localStorage.setItem(name, JSON.stringify({ ...now, token: item.token, pages: now.pages.slice(1) }));
    }
  };

  const pump = async () => {
    if (pumping) more = true; // the network may have come back while the last try was failing
    if (pumping || Date.now() < again) return;
    pumping = true;
    more = false;
    try {
      for (const name of names()) if (!(await sendItem(name)) && down) break; // what is wrong with one holds up no other
    } finally {
      pumping = false;
      told();
      if (more) pump();
    }
  };

  for (const name of names()) localStorage.setItem(name, JSON.stringify({ ...read(name), open: false })); // left by a page that is gone
  addEventListener("online", pump);
  setInterval(pump, 5_000);

  return {
    waiting: () => names().filter((name) => read(name).pages.length).length,
    full: () => names().length >= MOST,
    pump,
    // False when the device has no room left.
    put(id, change) {
      const name = `${prefix}${id}`;
      try {
        localStorage.setItem(name, JSON.stringify(change(read(name))));
        return true;
      } catch {
        return false;
      } finally {
        told();
        pump();
      }
    },
  };
};
