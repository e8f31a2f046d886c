// Copy buttons for the two citations of a page. Without script the text can be selected and the files downloaded.
(() => {
  "use strict";
  if (!navigator.clipboard) return;
  const button = (label, text) => {  // text: a function that gives the text, or a promise of it
    const element = document.createElement("button");
    element.type = "button";
    element.className = "atlas-copy";
    element.textContent = label;
    element.addEventListener("click", async () => {
      await navigator.clipboard.writeText(await text());
      element.textContent = "Copied";
      setTimeout(() => { element.textContent = label; }, 2000);
    });
    return element;
  };
  const accessed = () => `Accessed ${new Date().toISOString().slice(0, 10)}.`;
  for (const block of document.querySelectorAll(".atlas-cite")) {
    const citation = block.querySelector(".atlas-citation");
    const bibtex = block.querySelector(".atlas-bibtex");
    const snapshot = block.querySelector(".atlas-snapshot");
    if (citation) citation.after(button("Copy citation", () => citation.textContent.trim()));
    if (bibtex) bibtex.before(button("Copy BibTeX", () => bibtex.textContent.trim()));
    const downloads = block.querySelector(".atlas-downloads");
    for (const link of downloads ? downloads.querySelectorAll("a") : []) {
      if (link.textContent !== "BibTeX") downloads.after(button(`Copy ${link.textContent}`, async () => (await fetch(link.href)).text()));
    }
    if (snapshot) snapshot.after(button("Copy reference", () => `${snapshot.textContent.trim()} ${accessed()}`));
  }
})();
