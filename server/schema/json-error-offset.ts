const BLANK = /[ \t\r\n]*/y;
const TOKEN = /[ \t\r\n]*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null))/y;

type Expected = "value" | "valueOrEnd" | "nameOrEnd" | "name" | "colon" | "commaOrEnd" | "end";

/** Where JSON text stops being JSON. Engines do not all say it. */
export function jsonErrorOffset(text: string): number {
  const open: string[] = [];
  let expected: Expected = "value";
  let offset = 0;
  for (;;) {
    TOKEN.lastIndex = offset;
    const match = TOKEN.exec(text);
    BLANK.lastIndex = offset;
    const start = offset + (BLANK.exec(text)?.[0].length ?? 0);
    if (match === null) return start;
    const next = step(expected, match[1] ?? (match[2] === undefined ? "scalar" : "string"), open);
    if (next === null) return start;
    expected = next;
    offset = TOKEN.lastIndex;
  }
}

/** What may follow the token; null: it may not stand here. */
function step(expected: Expected, token: string, open: string[]): Expected | null {
  const after = (): Expected => (open.length === 0 ? "end" : "commaOrEnd");
  const isEnd = (token === "}" && open.at(-1) === "{") || (token === "]" && open.at(-1) === "[");
  if (isEnd && (expected === "commaOrEnd" || expected === "nameOrEnd" || expected === "valueOrEnd")) {
    open.pop();
    return after();
  }
  switch (expected) {
    case "value":
    case "valueOrEnd":
      if (token === "string" || token === "scalar") return after();
      if (token !== "{" && token !== "[") return null;
      open.push(token);
      return token === "{" ? "nameOrEnd" : "valueOrEnd";
    case "name":
    case "nameOrEnd":
      return token === "string" ? "colon" : null;
    case "colon":
      return token === ":" ? "value" : null;
    case "commaOrEnd":
      if (token !== ",") return null;
      return open.at(-1) === "{" ? "name" : "value";
    case "end":
      return null;
  }
}
