import { DomainError } from "@/server/errors/domain-error";
import { encodeValue, EncodingError } from "@/server/expressions/encoding";

const FIELD_CHARACTERS = 200;

/** A caller's value as it is stored; one that cannot be stored is named by its field. */
export function encodeGiven(field: string, value: unknown): string {
  try {
    return encodeValue(value);
  } catch (error) {
    if (!(error instanceof EncodingError || error instanceof RangeError)) throw error;
    const place = error instanceof EncodingError ? error.path : "";
    const reason = place === "" ? "is nested too deeply" : error.message.replace(` (at ${place})`, "");
    throw new DomainError("invalid_input", { field: `${field}${place}`.slice(0, FIELD_CHARACTERS), reason }, { cause: error });
  }
}
