// Draws questions and reads what was answered, the same in widgets and on kiosks. Texts become text nodes: no HTML is ever parsed.

const el = (tag, attributes, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null && value !== "") made.setAttribute(name, value);
  }
  made.append(...children.flat().filter((child) => child || child === 0));
  return made;
};

const lines = (text) => text.split("\n").flatMap((line, place) => (place ? [el("br"), line] : [line]));

// One question: `node` to show, `read()` its answer (null when there is none), `fault(text)` to say what is wrong with it.
const draw = (question, say) => {
  const { id, kind, answer } = question;
  const title = [...lines(question.text), question.required && el("abbr", { class: "must", title: say.must }, " *")];
  const help = question.help && el("p", { class: "help" }, lines(question.help));
  const ends = (question.low || question.high) && el("p", { class: "ends" }, el("span", {}, question.low), el("span", {}, question.high));
  const wrong = el("p", { class: "wrong", id: `${id}-wrong`, hidden: true });
  const drawn = (DRAW[kind] ?? (question.picks ? DRAW.scale : DRAW.line))(question, say, answer);
  const node = drawn.label
    ? el("div", { class: "ask" }, el("label", { for: id }, title), help, drawn.parts, wrong)
    : kind === "statement"
      ? el("div", { class: "ask" }, el("p", {}, lines(question.text)), help)
      : el("fieldset", {}, el("legend", {}, title), help, drawn.parts, ends, wrong);
  const fault = (text) => {
    wrong.textContent = text;
    wrong.hidden = !text;
    const about = drawn.label ?? node;
    if (text) about.setAttribute("aria-describedby", wrong.id);
    else about.removeAttribute("aria-describedby");
    if (drawn.label) drawn.label.setAttribute("aria-invalid", String(!!text));
  };
  return { id, node, read: drawn.read ?? (() => null), fault, focus: () => node.querySelector("input, textarea, button")?.focus() };
};

const radios = (name, picks, chosen, wide) => {
  const inputs = picks.map((pick, place) => el("input", { type: "radio", name, value: place, checked: pick.value === chosen }));
  const labels = picks.map((pick, place) =>
    el("label", {}, inputs[place], el("span", {}, pick.face && el("i", { "aria-hidden": "true" }, pick.face), pick.text)));
  return {
    node: el("div", { class: `scale n${picks.length}${wide ? " wide" : ""}` }, labels),
    read: () => picks[inputs.findIndex((input) => input.checked)]?.value ?? null,
  };
};

const field = (id, value, more) => el(more?.rows ? "textarea" : "input", { id, name: id, type: more?.rows ? null : "text", ...more }, more?.rows ? value : null);

const DRAW = {
  statement: () => ({ parts: [] }),

  scale({ id, kind, picks }, say, answer) {
    const made = radios(id, picks, answer, ["expectation", "emotion", "consent"].includes(kind));
    return { parts: [made.node], read: made.read };
  },

  matrix({ id, rows, picks }, say, answer) {
    const made = rows.map((row) => radios(`${id}.${row.id}`, picks, answer?.[row.id]));
    const parts = rows.map((row, place) =>
      el("div", { class: "line", role: "group", "aria-label": row.text }, el("p", {}, row.text), made[place].node));
    return {
      parts,
      read: () => {
        const found = rows.map((row, place) => [row.id, made[place].read()]).filter(([, score]) => score !== null);
        return found.length ? Object.fromEntries(found) : null;
      },
    };
  },

  choice(question, say, answer) {
    if (question.how === "ranked") return DRAW.ranked(question, say, answer);
    const { id, how, picks, other } = question;
    const listed = [answer ?? []].flat();
    const words = listed.find((one) => one?.other !== undefined)?.other ?? "";
    const own = other && field(`${id}.other`, "", { maxlength: 200, "aria-label": say.own, placeholder: say.own });
    const inputs = picks.map((pick) => el("input", {
      type: how === "many" ? "checkbox" : "radio", name: id, value: pick.value,
      checked: listed.some((one) => one === pick.value || (pick.value === "other" && one?.other !== undefined)),
    }));
    if (own) {
      own.value = words;
      own.addEventListener("input", () => { if (own.value) inputs.at(-1).checked = true; }); // who writes something means it
    }
    const read = () => {
      const chosen = inputs.filter((input) => input.checked)
        .map(({ value }) => (other && value === "other" && own.value.trim() ? { other: own.value.trim() } : value));
      return chosen.length ? (how === "many" ? chosen : chosen[0]) : null;
    };
    return { parts: [el("div", { class: "list" }, picks.map((pick, place) => el("label", {}, inputs[place], el("span", {}, pick.text)))), own], read };
  },

  // In the order in which they are chosen: the first is number 1.
  ranked({ id, options }, say, answer) {
    let order = [...(answer ?? [])];
    const places = new Map(options.map((option) => [option.id, el("b", { class: "rank" })]));
    const number = () => places.forEach((place, option) => { place.textContent = order.includes(option) ? order.indexOf(option) + 1 : ""; });
    const labels = options.map((option) => el("label", {},
      el("input", {
        type: "checkbox", name: id, value: option.id, checked: order.includes(option.id),
        onchange: ({ target }) => {
          order = order.filter((one) => one !== option.id);
          if (target.checked) order.push(option.id);
          number();
        },
      }), el("span", {}, option.text), places.get(option.id)));
    number();
    return { parts: [el("p", { class: "help" }, say.rank), el("div", { class: "list" }, labels)], read: () => (order.length ? [...order] : null) };
  },

  contact({ id }, say, answer) {
    const parts = ["reach", "when"].map((part) => [part, field(`${id}.${part}`, "", { maxlength: 200 })]);
    for (const [part, input] of parts) input.value = answer?.[part] ?? "";
    return {
      parts: parts.map(([part, input]) => el("div", { class: "line" }, el("label", { for: input.id }, say[part]), input)),
      read: () => {
        const found = Object.fromEntries(parts.map(([part, input]) => [part, input.value.trim()]));
        return found.reach || found.when ? found : null;
      },
    };
  },

  // What was chosen is read as a File; whoever sends the page sends it first.
  file({ id, accept, hint }, say, answer) {
    const input = field(id, "", { type: "file", accept });
    return { label: input, parts: [answer && el("p", { class: "help" }, answer.name), input, el("p", { class: "help" }, hint)], read: () => input.files[0] ?? answer };
  },

  line({ id, kind, long, most }, say, answer) {
    const more = kind === "text" ? (long ? { rows: 4, maxlength: most } : { maxlength: most }) : kind === "date" ? { type: "date" } : { inputmode: "decimal" };
    const input = field(id, "", more);
    input.value = answer ?? "";
    return { label: input, parts: [input], read: () => input.value.trim() || null };
  },
};
