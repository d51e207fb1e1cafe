import { describe, expect, it } from "vitest";
import { readRows } from "./rows";

const schema = { type: "object", required: ["id"], properties: { id: { type: "integer" }, name: { type: "string" }, vip: { type: "boolean" }, tags: { type: "array" }, note: { type: ["null", "string"] } } };
const read = (text: string, more: { mapping?: Record<string, string>; delimiter?: ";" } = {}) => readRows({ csv: { text, ...more } }, schema);
const inputs = (text: string, more = {}) => read(text, more).rows.map(({ input }) => input);

describe("rows of a CSV file", () => {
  it("become inputs by the types of the schema", () => {
    expect(inputs('\uFEFFid,name,vip,tags,note\r\n7,007,TRUE,"[1,2]",null\r\n1e3,, false,,x\r\n')).toEqual([
      { id: 7, name: "007", vip: true, tags: [1, 2], note: null },
      { id: 1000, vip: false, note: "x" },
    ]);
  });

  it("keep the text that does not read as its type, for the schema to judge", () => {
    expect(inputs("id,vip,tags\n0x10,yes,{}\n 5 ,,\n")).toEqual([{ id: "0x10", vip: "yes", tags: "{}" }, { id: 5 }]);
  });

  it("know their lines, past quoted line ends and empty lines", () => {
    expect(read('id,name\n1,"two\nlines"\n\n2,x\n').rows.map(({ line, row }) => [row, line])).toEqual([[1, 2], [2, 5]]);
  });

  it("go to the fields that a mapping names, whatever stands between the columns", () => {
    const text = "Customer;Number;Rest\nAda;1;x\n";
    expect(inputs(text, { mapping: { id: "Number", name: "Customer" } })).toEqual([{ id: 1, name: "Ada" }]);
    expect(read(text, { mapping: { id: "Number" } })).toMatchObject({ columns: ["Customer", "Number", "Rest"], mapping: { id: "Number" } });
    expect(read("I-D,Rest\n").mapping).toEqual({ id: "I-D", Rest: "Rest" });
    expect(read("ID,id,I_D\n").mapping).toEqual({ ID: "ID", id: "id", I_D: "I_D" });
    expect(() => read(text, { mapping: { id: "number" } })).toThrow(/csv.mapping.id names the column "number"/);
  });

  it("that are too short or too long are named", () => {
    expect(read("id,name\n1\n2,x\n3,x,y\n").rows.map(({ problem }) => problem && [problem.line, problem.reason])).toEqual([[2, "has 1 cell, the header has 2"], null, [4, "has 3 cells, the header has 2"]]);
  });

  it("of a file that is none are refused with the place", () => {
    expect(() => read("\n")).toThrow(/is empty/);
    expect(() => read("id,id\n")).toThrow(/two columns "id" \(line 1\)/);
    expect(() => read("id,\n")).toThrow(/no name for column 2/);
    expect(() => read('id\n"1\n')).toThrow(/csv.text cannot be read: .*line/i);
  });

  it("keep names that mean something to JavaScript", () => {
    const [row] = inputs("id,__proto__\n1,x\n");
    expect(Object.keys(row as object)).toEqual(["id", "__proto__"]);
  });
});
