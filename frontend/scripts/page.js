// What the server tells the scripts of a page, in its data block.

const block = document.getElementById("page-data");

export const page = block ? JSON.parse(block.textContent) : { icons: "", signIn: "", places: [], words: {} };

// A text of the interface, with {names} filled in.
export function word(name, values = {}) {
  return (page.words[name] ?? name).replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}
