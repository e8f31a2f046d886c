// Calm mode: softer colours, and papers begin with their short version alone. A reader's own choice, kept in this
// browser where it may be kept; nothing is sent. Runs before the page is shown, so that nothing flashes.
(() => {
  "use strict";
  const root = document.documentElement, KEY = "atlas-calm";
  const read = () => { try { return localStorage.getItem(KEY) === "on"; } catch { return false; } };
  const keep = on => { try { on ? localStorage.setItem(KEY, "on") : localStorage.removeItem(KEY); } catch { /* forbidden: it holds for this page */ } };
  const calm = () => root.dataset.calm === "on";
  const show = on => { if (on) root.dataset.calm = "on"; else delete root.dataset.calm; };
  show(read());

  // fold the longer version as it arrives, unless the address leads into it
  const fold = part => { part.open = !calm() || Boolean(location.hash && part.querySelector(`[id="${CSS.escape(decodeURIComponent(location.hash.slice(1)))}"]`)); };
  const watch = new MutationObserver(changes => {
    for (const { addedNodes } of changes) for (const node of addedNodes) if (node.matches?.("details.atlas-long")) node.open = false;
  });
  if (calm()) watch.observe(root, { childList: true, subtree: true });

  addEventListener("DOMContentLoaded", () => {
    watch.disconnect();
    const parts = document.querySelectorAll("details.atlas-long"), button = document.querySelector(".atlas-calm");
    if (calm()) parts.forEach(fold);
    if (!button) return;
    const set = on => { show(on); button.setAttribute("aria-pressed", String(on)); };
    set(calm());
    button.hidden = false;
    button.addEventListener("click", () => {
      set(!calm());
      keep(calm());
      parts.forEach(part => { part.open = !calm(); });
    });
    addEventListener("storage", event => { if (event.key === KEY) set(event.newValue === "on"); });

    // on paper stands everything
    let folded = [];
    addEventListener("beforeprint", () => { folded = [...parts].filter(part => !part.open); folded.forEach(part => { part.open = true; }); });
    addEventListener("afterprint", () => { folded.forEach(part => { part.open = false; }); folded = []; });
  });
})();
