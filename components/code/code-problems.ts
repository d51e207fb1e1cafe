/** Where in a code a problem lies, by what its text says: a line, else names in quotes, else all of it. */
export function placesOfProblem(code: string, problem: string): { from: number; to: number }[] {
  const line = /^line (\d+)/.exec(problem)?.[1];
  if (line !== undefined) return [placeOfLine(code, Number(line))];
  const named = [...problem.matchAll(/"([\p{L}_$][\p{L}\p{N}_$]*)"/gu)].flatMap(([, name = ""]) => placesOfName(code, name));
  return named.length > 0 ? named.toSorted((one, other) => one.from - other.from) : [{ from: 0, to: code.length }];
}

function placeOfLine(code: string, number: number): { from: number; to: number } {
  const lines = code.split("\n");
  const index = Math.min(Math.max(1, number), lines.length) - 1;
  const from = lines.slice(0, index).reduce((length, one) => length + one.length + 1, 0);
  const indent = (lines[index] ?? "").length - (lines[index] ?? "").trimStart().length;
  return { from: from + indent, to: from + (lines[index] ?? "").length };
}

function placesOfName(code: string, name: string): { from: number; to: number }[] {
  const isPart = (character: string | undefined) => character !== undefined && /[\p{L}\p{N}_$]/u.test(character);
  const found: { from: number; to: number }[] = [];
  for (let at = code.indexOf(name); at !== -1; at = code.indexOf(name, at + name.length)) {
    if (!isPart(code[at - 1]) && !isPart(code[at + name.length])) found.push({ from: at, to: at + name.length });
  }
  return found;
}
