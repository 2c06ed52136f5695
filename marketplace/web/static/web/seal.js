/* Seals a bid in the format musika-seal/1 (docs/reference/sealing.md), with WebCrypto alone.
   The same bytes as procurement/rules/sealing; a browser test opens what this seals.
   musikaSeal.seal(kit, bid) gives {container, header_hash, ciphertext_hash}. */
"use strict";
(() => {
  const FORMAT = "musika-seal/1", FLOOR = 4096, PREFIX = 4, NONCE = 12;
  const utf8 = (text) => new TextEncoder().encode(text);
  const label = (name) => utf8(`${FORMAT} ${name}\0`);
  const two = (number) => Uint8Array.of(number >> 8, number & 255);

  const joined = (...parts) => {
    const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) { all.set(part, at); at += part.length; }
    return all;
  };
  const xor = (a, b) => a.map((byte, at) => byte ^ b[at]);
  const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const unhex = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
  const base64 = (bytes) => {
    let text = "";
    // A call takes only so many arguments: piece by piece.
    for (let at = 0; at < bytes.length; at += 32768) {
      text += String.fromCharCode(...bytes.subarray(at, at + 32768));
    }
    return btoa(text);
  };

  // Keys sorted, no blanks, ASCII only: RFC 8785 for all that is written here.
  const sorted = (value) => {
    if (Array.isArray(value)) return value.map(sorted);
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
  };
  const canonical = (value) => JSON.stringify(sorted(value)).replace(
    /[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

  const sha256 = async (...parts) =>
    new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));
  const labelled = (name, ...parts) => sha256(label(name), ...parts);

  const hmac = async (key, ...parts) => {
    const how = { name: "HMAC", hash: "SHA-256" };
    const imported = await crypto.subtle.importKey("raw", key, how, false, ["sign"]);
    return new Uint8Array(await crypto.subtle.sign("HMAC", imported, joined(...parts)));
  };
  // HKDF (RFC 5869): an empty salt is a block of zeros.
  const extract = (salt, ...parts) => hmac(salt.length ? salt : new Uint8Array(32), ...parts);
  const expand = async (key, length, ...info) => {
    let all = new Uint8Array(0), block = all;
    for (let count = 1; all.length < length; count += 1) {
      block = await hmac(key, block, ...info, Uint8Array.of(count));
      all = joined(all, block);
    }
    return all.subarray(0, length);
  };
  const encrypt = async (key, iv, plain, additionalData) => {
    const imported = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt"]);
    const how = { name: "AES-GCM", iv, additionalData };
    return new Uint8Array(await crypto.subtle.encrypt(how, imported, plain));
  };

  // HPKE (RFC 9180), base mode, one message: DHKEM(P-256), HKDF-SHA256, AES-256-GCM.
  const KEM = joined(utf8("KEM"), two(0x0010));
  const SUITE = joined(utf8("HPKE"), two(0x0010), two(0x0001), two(0x0002));
  const part = (suite, name) => joined(utf8("HPKE-v1"), suite, utf8(name));
  const labelledExtract = (suite, salt, name, ikm) => extract(salt, part(suite, name), ikm);
  const labelledExpand = (suite, key, name, info, length) =>
    expand(key, length, two(length), part(suite, name), info);
  const NONE = new Uint8Array(0);

  const encapsulate = async (publicKey) => {
    const curve = { name: "ECDH", namedCurve: "P-256" };
    const theirs = await crypto.subtle.importKey("raw", publicKey, curve, false, []);
    const mine = await crypto.subtle.generateKey(curve, false, ["deriveBits"]);
    const enc = new Uint8Array(await crypto.subtle.exportKey("raw", mine.publicKey));
    const secret = new Uint8Array(await crypto.subtle.deriveBits(
      { name: "ECDH", public: theirs }, mine.privateKey, 256));
    const key = await labelledExtract(KEM, NONE, "eae_prk", secret);
    return [enc, await labelledExpand(KEM, key, "shared_secret", joined(enc, publicKey), 32)];
  };
  const hpke = async (publicKey, plain, info) => {
    const [enc, shared] = await encapsulate(publicKey);
    const context = joined(Uint8Array.of(0),
      await labelledExtract(SUITE, NONE, "psk_id_hash", NONE),
      await labelledExtract(SUITE, NONE, "info_hash", info));
    const secret = await labelledExtract(SUITE, shared, "secret", NONE);
    const key = await labelledExpand(SUITE, secret, "key", context, 32);
    const nonce = await labelledExpand(SUITE, secret, "base_nonce", context, NONCE);
    return joined(enc, await encrypt(key, nonce, plain, NONE));
  };

  // GF(256) with the polynomial of AES, 0x11B.
  const times = (a, b) => {
    let product = 0;
    for (let left = a, right = b; right; right >>= 1) {
      if (right & 1) product ^= left;
      left = (left << 1) ^ (left & 128 ? 0x11b : 0);
    }
    return product;
  };
  // The value at `index` of the polynomial that begins with `secret` (Horner).
  const share = (secret, coefficients, index) => {
    const value = (at) => [...coefficients].reverse().reduce(
      (sum, one) => times(sum ^ one[at], index), 0) ^ secret[at];
    return secret.map((_, at) => value(at));
  };

  // Everything follows from the data key and the context.
  const deal = async (dek, digest, k, n) => {
    const source = await extract(digest, dek);
    const derive = (name, length) => expand(source, length, label(name));
    const gate = await derive("gate part", 32);
    const stream = await derive("coefficients", 32 * (k - 1));
    const coefficients = [];
    for (let at = 0; at < stream.length; at += 32) coefficients.push(stream.subarray(at, at + 32));
    const numbers = [...Array(n).keys()].map((at) => at + 1);
    const shares = numbers.map((index) => share(xor(dek, gate), coefficients, index));
    return {
      key: await derive("payload", 32), gate, shares,
      commits: {
        dek_commit: hex(await labelled("dek commit", digest, dek)),
        gate_commit: hex(await labelled("gate commit", digest, gate)),
        share_commits: await Promise.all(shares.map(async (one, at) =>
          hex(await labelled("share commit", digest, Uint8Array.of(at + 1), one)))),
      },
    };
  };

  const padme = (length) => {
    const exponent = Math.floor(Math.log2(length)), keep = Math.floor(Math.log2(exponent)) + 1;
    const step = 2 ** (exponent - keep);
    return Math.ceil(length / step) * step;
  };
  const padded = (payload, floor) => {
    const all = new Uint8Array(padme(Math.max(floor, FLOOR, PREFIX + payload.length)));
    new DataView(all.buffer).setUint32(0, payload.length);
    all.set(payload, PREFIX);
    return all;
  };

  const contextOf = async (kit, keys, gate) => {
    const terms = hex(await sha256(utf8(canonical(kit.terms))));
    if (terms !== kit.terms_hash) throw new Error("The terms do not hash to what they say.");
    const committee = await labelled("committee", Uint8Array.of(keys.length), ...keys, gate);
    return {
      format: FORMAT, tender: kit.terms.tender, terms_hash: terms, envelope: "single", tier: "C",
      tenderer: kit.tenderer, revision: kit.revision, k: kit.terms.committee.quorum,
      n: keys.length, committee_hash: hex(committee),
    };
  };

  const seal = async (kit, bid) => {
    const payload = utf8(canonical(bid));
    if (payload.length > kit.largest) throw new Error("The bid with its documents is too large.");
    const keys = kit.terms.committee.public_keys.map(unhex);
    const gate = unhex(kit.terms.committee.gate);
    const context = await contextOf(kit, keys, gate);
    const digest = await labelled("context", utf8(canonical(context)));
    const dek = crypto.getRandomValues(new Uint8Array(32));
    const dealt = await deal(dek, digest, context.k, context.n);
    const header = utf8(canonical({ ...context, ...dealt.commits }));
    const headerHash = await sha256(header);
    const nonce = crypto.getRandomValues(new Uint8Array(NONCE));
    const hidden = await encrypt(dealt.key, nonce, padded(payload, kit.floor), header);
    const ciphertext = joined(nonce, hidden);
    const shares = await Promise.all(dealt.shares.map((one, at) =>
      hpke(keys[at], one, joined(label("share"), headerHash, Uint8Array.of(at + 1)))));
    const sealedGate = await hpke(gate, dealt.gate, joined(label("gate"), headerHash));
    return {
      header_hash: hex(headerHash),
      ciphertext_hash: hex(await labelled("ciphertext", sealedGate, ...shares, ciphertext)),
      container: canonical({
        format: FORMAT, header: base64(header), ciphertext: base64(ciphertext),
        sealed_gate: base64(sealedGate), sealed_shares: shares.map(base64),
      }),
    };
  };

  globalThis.musikaSeal = { seal, base64 };
})();
