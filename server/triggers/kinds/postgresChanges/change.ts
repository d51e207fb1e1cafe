import pg from "pg";
import type { Pgoutput, PgoutputPlugin } from "pg-logical-replication";

export type Message = ReturnType<PgoutputPlugin["parse"]>;
type Relation = Pgoutput.MessageRelation;

/** A change of a row as a workflow reads it, `trigger.body`. */
export interface Change {
  operation: "insert" | "update" | "delete" | "truncate";
  schema: string;
  table: string;
  /** Columns by which the row is known, with their values before the change. */
  key: Record<string, unknown> | null;
  /** The row before the change, with REPLICA IDENTITY FULL. */
  old: Record<string, unknown> | null;
  new: Record<string, unknown> | null;
  /** Large columns that an update did not touch: their values are not sent. */
  unchanged: string[];
}

const NUMBERS = [21, 23, 26, 700, 701];
const BOOLEAN = 16;
const JSONS = [114, 3_802];
/** bool[], int2[], int4[], text[], varchar[], int8[], float4[], float8[], uuid[]. */
const LISTS = [1_000, 1_005, 1_007, 1_009, 1_015, 1_016, 1_021, 1_022, 2_951];
const TEXTS: number = 1_009;
const LISTS_OF_JSON = [199, 3_807];

/** What JSON can say exactly becomes a value; numbers with more digits, times and the rest stay as PostgreSQL writes them. */
export function valueOf(typeOid: number, text: string): unknown {
  if (NUMBERS.includes(typeOid)) return Number.isFinite(Number(text)) ? Number(text) : text;
  if (typeOid === BOOLEAN) return text === "t";
  if (JSONS.includes(typeOid)) return exactJson(text);
  if (LISTS_OF_JSON.includes(typeOid)) return (pg.types.getTypeParser(TEXTS)(text) as (string | null)[]).map((one) => (one === null ? null : exactJson(one)));
  return LISTS.includes(typeOid) ? (pg.types.getTypeParser(typeOid)(text) as unknown) : text;
}

const TEXT_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** A number with more digits than JavaScript keeps is a text, digit by digit, as in a column of its own. */
function exactJson(text: string): unknown {
  return JSON.parse(text.replace(TEXT_OR_NUMBER, (token) => (token.startsWith('"') || digitsOf(token) === digitsOf(String(Number(token))) ? token : `"${token}"`))) as unknown;
}

/** The same for the same number, however it is written. */
function digitsOf(number: string): string {
  const [, sign = "", whole = "", fraction = "", power = "0"] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(number) ?? [, "", number];
  const digits = `${whole}${fraction}`.replace(/^0+/, "");
  const kept = digits.replace(/0+$/, "");
  return kept === "" ? "0" : `${sign}${kept}e${Number(power) - fraction.length + digits.length - kept.length}`;
}

/** The library keeps the description of a table and reads rows by it; its own values lose digits of times. */
export function readValuesOurWay({ columns }: Relation): void {
  for (const column of columns) column.parser = (text: string) => valueOf(column.typeOid, text);
}

/** A truncation is one change of each table. */
export function changesOf(message: Message): Change[] {
  switch (message.tag) {
    case "insert":
      return [change("insert", message.relation, { new: message.new })];
    case "update":
      return [change("update", message.relation, { key: message.key ?? message.old, old: message.old, new: message.new })];
    case "delete":
      return [change("delete", message.relation, { key: message.key ?? message.old, old: message.old })];
    case "truncate":
      return message.relations.map((relation) => change("truncate", relation, {}));
    default:
      return [];
  }
}

type Row = Record<string, unknown> | null;

function change(operation: Change["operation"], { schema, name, columns, keyColumns, replicaIdentity }: Relation, { key = null, old = null, new: after = null }: { key?: Row; old?: Row; new?: Row }): Change {
  const source = key ?? after;
  // With REPLICA IDENTITY FULL every column counts as a part of the key.
  const named = replicaIdentity === "full" ? [] : keyColumns;
  return {
    operation,
    schema,
    table: name,
    key: source === null || named.length === 0 ? null : Object.fromEntries(named.map((column) => [column, source[column]])),
    old: old === null ? null : { ...old },
    new: after === null ? null : { ...after },
    unchanged: after === null ? [] : columns.filter((column) => after[column.name] === undefined).map((column) => column.name),
  };
}
