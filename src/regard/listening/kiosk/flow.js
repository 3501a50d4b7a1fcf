// What comes next, by the survey's own conditions: listening/surveys/flow.py once more, for a device without a network. Both are held
// to the same cases (kiosk/tests/cases.json). Of whoever stands at a kiosk nothing is known.

const isNothing = (answer) =>
  answer === undefined || answer === null || answer === "" || (typeof answer === "object" && Object.keys(answer).length === 0);

const asText = (value) => {
  if (Array.isArray(value)) return value.map(asText).join(", ");
  return value === undefined || value === null || typeof value === "object" ? "" : String(value);
};

const holds = (condition, answers) => {
  if (!condition) return true;
  if (condition.join) {
    const told = condition.of.map((one) => holds(one, answers));
    return condition.join === "all" ? told.every(Boolean) : told.some(Boolean) === (condition.join === "any");
  }
  if (condition.trait !== undefined) return ["unknown", "is not"].includes(condition.op);
  const answer = answers[condition.question], { op, value } = condition;
  if (op === "answered" || op === "not answered") return !isNothing(answer) === (op === "answered");
  if (op === "includes") return Array.isArray(answer) && answer.includes(value);
  if (op === ">=" || op === "<=") {
    const wanted = value === "" ? NaN : Number(value);
    return typeof answer === "number" && (op === ">=" ? answer >= wanted : answer <= wanted);
  }
  return (!isNothing(answer) && asText(answer) === asText(value)) === (op === "is");
};

const shownOn = (page, answers) => (holds(page.show, answers) ? page.questions.filter((question) => holds(question.show, answers)) : []);

const wayThrough = (pages, answers) => pages.map((page, number) => number).filter((number) => shownOn(pages[number], answers).length);

const nextPage = (pages, after, answers) => wayThrough(pages, answers).find((number) => number > after) ?? null;

// What counts: whoever takes another way does not leave the first one behind.
const keptOf = (pages, answers) => {
  const found = {};
  for (const page of pages) {
    if (!holds(page.show, found)) continue;
    for (const question of page.questions) {
      if (question.id in answers && question.kind !== "statement" && holds(question.show, found)) found[question.id] = answers[question.id];
    }
  }
  return found;
};

const thanksFor = (survey, answers) => survey.thanks.find((one) => holds(one.show, answers)) ?? null;

// A text with what was answered before piped into it, an option by its text.
const piped = (text, pages, answers) =>
  text.replace(/\{\{\s*(answer|trait)\.([^{}]{1,200}?)\s*\}\}/g, (all, source, name) => {
    if (source === "trait") return "";
    const question = pages.flatMap((page) => page.questions).find((one) => one.id === name), answer = answers[name];
    if (question?.kind !== "choice") return asText(answer);
    const texts = new Map([...(question.options ?? []).map((one) => [one.id, one.text]), ...(question.picks ?? []).map((one) => [one.value, one.text])]);
    if (question.other) texts.delete("other");
    return [answer ?? []].flat().map((one) => one?.other ?? texts.get(one)).filter(Boolean).join(", ");
  });

// What cannot be taken, by its key among the phrases: the rules of listening/answering/reading.py, for nobody is there later to ask.
const faultOf = (question, answer) => {
  const fill = (key, values) => [key, values ?? {}];
  const missing = question.kind === "matrix" && answer ? question.rows.some((row) => !(row.id in answer)) : isNothing(answer);
  if (question.required && question.kind !== "statement" && missing) return fill(question.kind === "matrix" ? "rate_all" : "answer");
  if (isNothing(answer)) return null;
  if (question.kind === "choice" && question.most && Array.isArray(answer) && answer.length > question.most) return fill("choose_most", { most: question.most });
  if (question.kind === "text" && [...answer].length > question.most) return fill("shorter", { most: question.most });
  if (question.kind === "contact" && !answer.reach) return fill("reach_missing");
  if (question.kind === "number") {
    const found = Number(answer.replace(",", "."));
    if (Number.isNaN(found) || Math.abs(found) > 1e12 || (question.whole && !Number.isInteger(found))) return fill(question.whole ? "whole" : "number");
    if (question.least !== null && found < question.least) return fill("least", { low: question.least });
    if (question.greatest !== null && found > question.greatest) return fill("most", { high: question.greatest });
  }
  return null;
};
