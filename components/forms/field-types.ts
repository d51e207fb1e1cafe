import type { ReactNode } from "react";
import type { FieldText } from "./read-field";
import type { FieldProblems } from "./use-schema-form";

export interface FieldTools {
  root: unknown;
  problems: FieldProblems;
  setUnreadable: (pointer: string, message: string | null) => void;
  /** Draws a field inside of a field. */
  renderField: (props: SchemaFieldProps) => ReactNode;
}

export interface SchemaFieldProps {
  schema: unknown;
  value: unknown;
  /** Undefined: the field is left empty. */
  onChange: (value: unknown) => void;
  /** JSON pointer of the value in the whole. */
  pointer: string;
  label: string;
  isRequired: boolean;
  /** Shown where nothing is said: then there is no choosing nothing. */
  hasDefault?: boolean;
  depth: number;
  tools: FieldTools;
}

/** What every widget gets besides its own shape. */
export interface WidgetProps<Shape> extends SchemaFieldProps {
  shape: Shape;
  texts: FieldText;
  problem: string | undefined;
}
