// The page on which a widget is tried out: its buttons say what a page would say.
document.addEventListener("click", (event) => {
  const { regard: verb, value } = event.target.closest("[data-regard]")?.dataset ?? {};
  if (verb) window.regard?.(verb, value);
});
