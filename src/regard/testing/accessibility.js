// What keeps a page from people: controls without names, ids used twice, missing landmarks, text of too little contrast.
(inside) => {
  const root = inside ?? document;
  const found = [];
  const show = (element) => element.outerHTML.slice(0, 90);
  const name = (element) =>
    element.labels?.length || element.getAttribute("aria-label") || element.getAttribute("aria-labelledby") || element.title;
  for (const field of root.querySelectorAll("input:not([type=hidden]), select, textarea")) {
    if (!name(field)) found.push(`no label: ${show(field)}`);
  }
  for (const act of root.querySelectorAll("button, a[href]")) {
    if (!act.textContent.trim() && !name(act)) found.push(`no name: ${show(act)}`);
  }
  for (const image of root.querySelectorAll("svg[role=img], img")) {
    if (!image.getAttribute("aria-label") && !image.hasAttribute("alt")) found.push(`no words: ${show(image)}`);
  }
  const ids = [...root.querySelectorAll("[id]")].map((element) => element.id);
  for (const id of new Set(ids.filter((one, at) => ids.indexOf(one) !== at))) found.push(`id used twice: ${id}`);
  for (const landmark of inside ? [] : ["h1", "main"]) {
    const count = document.querySelectorAll(landmark).length;
    if (count !== 1) found.push(`${landmark} ×${count}`);
  }

  const numbers = (colour) => colour.match(/[\d.]+/g).map(Number);
  const light = (colour) => {
    const [r, g, b] = numbers(colour).slice(0, 3).map((v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (colour.startsWith("rgb") && numbers(colour)[3] !== 0) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const tooFaint = new Set();
  for (const element of root.querySelectorAll(inside ? "*" : "main *, .side *")) {
    const writes = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    const colour = getComputedStyle(element).color;
    if (!writes || !element.checkVisibility() || !colour.startsWith("rgb")) continue;
    const [a, b] = [light(colour), light(ground(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) tooFaint.add(`contrast ${ratio.toFixed(2)}: ${element.tagName} ${element.getAttribute("class") ?? ""}`);
  }
  return [...found, ...tooFaint];
}
