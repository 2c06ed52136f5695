// Measurements at a gate with a bad connection: what is typed stays on the phone until it is sent.
// The form works without this. Its hidden key lets the server take the same measurements once.
"use strict";
(() => {
  const form = document.querySelector("form[method=post]:has([name=key])");
  const status = document.getElementById("kept");
  if (!form || !status || !window.fetch) return;
  const name = `gate:${location.pathname}`;
  const mine = () => [...form.elements].filter((e) => e.name && e.name !== "csrfmiddlewaretoken");
  const tell = (word) => { status.textContent = status.dataset[word] || ""; };
  let waiting = false;

  function keep() {
    const typed = Object.fromEntries(mine().map((e) => [e.name, e.value]));
    try { localStorage.setItem(name, JSON.stringify(typed)); } catch { /* a full phone: type on */ }
  }
  function forget() {
    try { localStorage.removeItem(name); } catch { /* nothing was kept */ }
  }
  function recall() {
    let typed = null;
    try { typed = JSON.parse(localStorage.getItem(name)); } catch { /* nothing was kept */ }
    // A page that shows what was wrong already holds what was typed.
    if (!typed || document.querySelector(".error-summary")) return;
    mine().forEach((e) => { if (e.name in typed) e.value = typed[e.name]; });
    tell("kept");
  }
  async function send() {
    if (waiting) return;
    waiting = true;
    try {
      const answer = await fetch(form.action || location.href, {
        method: "POST", body: new FormData(form), credentials: "same-origin",
      });
      if (answer.status >= 500) throw new Error("the server is not there");
      if (answer.redirected) { forget(); location.assign(answer.url); return; }
      // It was refused in words: show that page, with what was typed on it.
      const page = await answer.text();
      document.open(); document.write(page); document.close();
    } catch {
      keep();
      tell("offline");
    } finally {
      waiting = false;
    }
  }
  form.addEventListener("input", keep);
  form.addEventListener("submit", (event) => { event.preventDefault(); keep(); send(); });
  window.addEventListener("online", () => { if (status.textContent === status.dataset.offline) send(); });
  recall();
})();
