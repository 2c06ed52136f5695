/* The page that seals a bid on this device: reads the form, says what is missing, shows it once
   more, seals it (seal.js) and sends the sealed bid only. Nothing typed here leaves otherwise. */
"use strict";
(() => {
  const form = document.querySelector("#device-bid");
  const kit = JSON.parse(document.querySelector("#kit").textContent);
  const words = JSON.parse(document.querySelector("#words").textContent);
  const types = JSON.parse(document.querySelector("#types").textContent);
  const limits = JSON.parse(document.querySelector("#limits").textContent);
  const summary = document.querySelector("#device-errors");
  const review = document.querySelector("#device-review");
  const status = document.querySelector("#device-status");
  const PRICE = /^\d{1,18}(\.\d{1,12})?$/;
  let sealed = null;

  const made = (name, text, attributes = {}) => {
    const element = document.createElement(name);
    element.textContent = text;
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };
  const control = (name) => form.elements.namedItem(name);
  const value = (name) => String(control(name)?.value ?? "").trim();
  const targetOf = (name) => (control(name) instanceof RadioNodeList ? control(name)[0] : control(name));
  const labelOf = (name) => {
    const target = targetOf(name);
    const group = target.type === "radio" ? target.closest("fieldset")?.querySelector("legend") : null;
    return (group ?? target.labels?.[0])?.firstChild.textContent.trim() ?? name;
  };
  const chosen = () => kit.terms.lots.filter(
    (lot) => control(`lot-${lot.lot}`)?.type !== "checkbox" || control(`lot-${lot.lot}`).checked);

  // “1,234.50” and “1 234.50” are grouped; “0,45” is refused, not read as 45.
  const amount = (text) => {
    const close = text.replace(/\s/g, "");
    return /^[1-9]\d{0,2}(,\d{3})+(\.\d+)?$/.test(close) ? close.replace(/,/g, "") : close;
  };

  const problems = [];
  const need = (name, problem) => { problems.push({ name, problem }); };

  // Of a lot that is awarded in parts: the least and the most, and the capacity over all such lots.
  const readPart = (lot, bid) => {
    const said = (side) => {
      const name = `lot${lot.lot}-quantity-${side}`, text = control(name) ? amount(value(name)) : "";
      if (text && !PRICE.test(text)) need(name, words.number);
      return text;
    };
    const maximum = said("maximum"), minimum = said("minimum") || "0", capacity = said("capacity");
    if (!maximum) need(`lot${lot.lot}-quantity-maximum`, words.owed);
    bid.parts = [...(bid.parts ?? []), { lot: lot.lot, minimum, maximum }];
    if (capacity && (bid.capacity ?? capacity) !== capacity) {
      need(`lot${lot.lot}-quantity-capacity`, words.same);
    }
    if (capacity) bid.capacity = capacity;
  };

  const readLot = (lot, bid) => {
    for (const item of lot.items) {
      const name = `lot${lot.lot}-price-${item.item}`, price = amount(value(name));
      if (!price) need(name, words.owed);
      else if (!PRICE.test(price) || !/[1-9]/.test(price)) need(name, words.price);
      bid.lines.push({ lot: lot.lot, item: item.item, unit_price: price, quantity: item.quantity });
      for (const limit of item.specification) {
        const at = `lot${lot.lot}-quality-${item.item}-${limit.parameter}`, said = value(at);
        if (!said) need(at, words.owed);
        else if (limit.kind !== "equals" && !PRICE.test(said)) need(at, words.number);
        bid.declared.push({ lot: lot.lot, item: item.item, parameter: limit.parameter, value: said });
      }
    }
    if (lot.division) readPart(lot, bid);
    for (const criterion of lot.criteria.filter((one) => one.options.length)) {
      const name = `lot${lot.lot}-option-${criterion.criterion}`, option = Number(value(name));
      if (!option) need(name, words.choose);
      bid.responses.push({ lot: lot.lot, criterion: criterion.criterion, option });
    }
  };

  const readFile = async (input, file, bid) => {
    const ending = (file.name.match(/\.[^.]+$/)?.[0] ?? "").toLowerCase();
    if (!types[ending]) need(input.name, words.type);
    if (file.size === 0 || file.size > limits.file) need(input.name, words.size);
    else {
      const content = musikaSeal.base64(new Uint8Array(await file.arrayBuffer()));
      const title = (input.dataset.title || file.name).slice(0, 200);
      bid.documents.push({ title, filename: file.name.slice(-200), media_type: types[ending] ?? "", content });
    }
  };

  const read = async () => {
    problems.length = 0;
    const bid = { format: "musika-bid/1", lines: [], declared: [], responses: [], documents: [] };
    if (!chosen().length) need(`lot-${kit.terms.lots[0].lot}`, words.lot);
    for (const lot of chosen()) readLot(lot, bid);
    for (const input of form.querySelectorAll("input[type=file]")) {
      for (const file of input.files) await readFile(input, file, bid);
    }
    const size = bid.documents.reduce((sum, one) => sum + one.content.length, 0);
    if (size > limits.all) need("documents-other", words.all);
    if (bid.documents.length > limits.count) need("documents-other", words.count);
    return bid;
  };

  const showProblems = () => {
    for (const field of form.querySelectorAll(".field--error")) field.classList.remove("field--error");
    for (const one of form.querySelectorAll("[aria-invalid]")) one.removeAttribute("aria-invalid");
    const list = summary.querySelector("ul");
    list.replaceChildren(...problems.map(({ name, problem }) => {
      const target = targetOf(name), row = document.createElement("li");
      target.setAttribute("aria-invalid", "true");
      target.closest(".field")?.classList.add("field--error");
      row.append(made("a", `${labelOf(name)}: ${problem}`, { href: `#${target.id}` }));
      return row;
    }));
    summary.hidden = problems.length === 0;
    if (problems.length) summary.focus();
  };

  // Exact: price × quantity in whole numbers, the point put back at the end.
  const times = (a, b) => {
    const digits = (text) => (text.split(".")[1] ?? "").length;
    const places = digits(a) + digits(b);
    const all = String(BigInt(a.replace(".", "")) * BigInt(b.replace(".", ""))).padStart(places + 1, "0");
    const rest = all.slice(all.length - places).replace(/0+$/, "").padEnd(2, "0");
    const whole = all.slice(0, all.length - places).replace(/\B(?=(\d{3})+$)/g, ",");
    return `${whole}.${rest}`;
  };
  const row = (key, text) => {
    const line = made("div", "", { class: "summary__row" });
    line.append(made("dt", key), made("dd", text));
    return line;
  };
  const showReview = (bid) => {
    const money = kit.terms.currency;
    const items = new Map(kit.terms.lots.flatMap((lot) => lot.items.map((i) => [`${lot.lot} ${i.item}`, i])));
    const rows = bid.lines.map((line) => {
      const item = items.get(`${line.lot} ${line.item}`);
      const total = times(line.unit_price, line.quantity);
      return row(`${words.item} ${line.lot}.${line.item}: ${item.description}`,
        `${money} ${line.unit_price} × ${line.quantity} ${item.unit} = ${money} ${total}`);
    });
    rows.push(...(bid.parts ?? []).map((one) =>
      row(labelOf(`lot${one.lot}-quantity-maximum`), `${one.minimum} – ${one.maximum}`)));
    rows.push(...bid.declared.map((one) =>
      row(labelOf(`lot${one.lot}-quality-${one.item}-${one.parameter}`), one.value)));
    rows.push(...bid.responses.map((one) => {
      const name = `lot${one.lot}-option-${one.criterion}`;
      const mark = [...control(name)].find((radio) => radio.checked);
      return row(labelOf(name), mark.labels[0].textContent.trim());
    }));
    const named = bid.documents.map((one) => one.title).join(", ");
    rows.push(row(words.documents, named || words.none));
    review.querySelector("dl").replaceChildren(...rows);
    form.hidden = true;
    review.hidden = false;
    review.querySelector("h2").focus();
  };

  let bid = null;
  const tell = (text) => { status.textContent = text; };
  const fail = (text) => {
    tell("");
    summary.querySelector("ul").replaceChildren(made("li", text));
    summary.hidden = false;
    summary.focus();
  };
  const save = (name, text) => {
    const link = made("a", "", { download: name, href: URL.createObjectURL(new Blob([text])) });
    link.click();
    URL.revokeObjectURL(link.href);
  };

  const send = async () => {
    tell(words.sending);
    const answer = await fetch(form.dataset.to, {
      method: "POST", body: sealed.container, credentials: "same-origin", redirect: "error",
      headers: { "Content-Type": "application/json", "X-CSRFToken": value("csrfmiddlewaretoken") },
    });
    const told = await answer.json();
    if (answer.ok) location.assign(told.href);
    else { sealed = null; fail(told.message); }
  };
  const submit = async (button) => {
    button.disabled = true;
    summary.hidden = true;
    tell(words.sealing);
    try {
      // Sealed once: sent again after a lost connection, it is the same bid and has one receipt.
      sealed ??= await musikaSeal.seal(kit, bid);
    } catch (error) { fail(error.message); button.disabled = false; return; }
    try { await send(); } catch { fail(words.lost); }
    button.disabled = false;
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    bid = await read();
    showProblems();
    if (!problems.length) { sealed = null; showReview(bid); }
  });
  document.querySelector("#device-back").addEventListener("click", () => {
    review.hidden = true;
    summary.hidden = true;
    form.hidden = false;
    tell("");
  });
  document.querySelector("#device-send").addEventListener("click", (event) => submit(event.target));
  document.querySelector("#device-copy").addEventListener("click", () =>
    save(`my-bid-${kit.terms.tender}.json`, JSON.stringify(bid, null, 2)));

  if (!globalThis.crypto?.subtle) document.querySelector("#device-insecure").hidden = false;
  else form.hidden = false;
})();
