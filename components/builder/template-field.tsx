"use client";

import { Braces } from "lucide-react";
import { useState, type ReactNode } from "react";
import type { SchemaFieldProps } from "@/components/forms/field-types";
import { fieldLabel } from "@/components/forms/field-label";
import { readField, readTexts, resolve } from "@/components/forms/read-field";
import { SchemaField } from "@/components/forms/schema-field";
import { SchemaMaker } from "@/components/input-schema/schema-maker";
import { cn } from "@/components/ui/class-names";
import { Field } from "@/components/ui/field";
import { WorkflowPicker } from "@/components/workflows/workflow-picker";
import { isObject } from "./draft";
import { expressionOf, plainOf } from "./literal-text";
import { ExpressionField } from "./expressions/expression-field";
import { useFormPlace } from "./expressions/field-place";
import { RecordField } from "./record-field";
import { ValueInput } from "./value-input";

/** What the kind says of its fields beyond their schema. */
export interface FieldRules {
  /** The engine reads it before anything is evaluated, or it is no template at all. */
  isLiteral: (pointer: string) => boolean;
}

/** One field of a config. Texts and values take expressions as they are; any other field can be switched to one. */
export function TemplateField({ rules, ...props }: SchemaFieldProps & { rules: FieldRules }) {
  const { schema, tools, pointer, value, onChange } = props;
  const own = resolve(schema, tools.root);
  const texts = readTexts(schema, tools.root);
  const label = texts.title ?? fieldLabel(props.label);
  if (pointer === "") return <SchemaField {...props} />;
  // What tells variants apart is chosen with the variant.
  if ("const" in own) return null;
  const shape = readField(schema, tools.root);
  const field = typeof own.field === "string" ? own.field : null;
  const problem = tools.problems.get(pointer);
  const setUnreadable = (message: string | null) => tools.setUnreadable(pointer, message);
  if (field === "jsonSchema") return <SchemaMaker {...props} label={label} />;
  if (isRecord(own) && (value === undefined || isObject(value) || isTemplate(value))) {
    const { field: inner } = resolve(own.additionalProperties, tools.root);
    const rows = <RecordField label={label} hint={texts.description} value={value ?? own.default} onChange={onChange} pointer={pointer} isText={inner === "text" || inner === "secret"} tools={tools} />;
    return rules.isLiteral(pointer) ? rows : <Switchable {...props} label={label} plain={rows} />;
  }
  if (field === "workflow") {
    const picker = (
      <Field label={label} hint={texts.description} error={problem} required={props.isRequired}>
        {(control) => <WorkflowPicker {...control} value={typeof value === "string" ? value : null} none={props.isRequired ? undefined : "None"} onPick={(workflow) => onChange(workflow?.slug)} />}
      </Field>
    );
    return rules.isLiteral(pointer) ? picker : <Switchable {...props} label={label} plain={picker} />;
  }
  const isAnything = field === "value" || field === "template" || (shape.widget === "json" && own.type === undefined);
  if (isAnything || shape.widget === "text" && shape.input === "text") {
    const isCode = field === "code";
    return (
      <Field label={label} hint={texts.description} error={problem} required={props.isRequired}>
        {(control) => (
          <ValueInput
            {...control}
            label={label}
            pointer={pointer}
            problem={problem}
            isLiteral={rules.isLiteral(pointer)}
            value={value}
            onChange={onChange}
            setUnreadable={setUnreadable}
            isText={!isAnything}
            isLong={field === "longText"}
            isCode={isCode}
            placeholder={typeof own.default === "string" ? own.default : isAnything ? "Value or {{ expression }}" : texts.placeholder}
            renderFields={isAnything ? () => <RecordField label={label} isPart value={value} onChange={onChange} pointer={pointer} isText={false} tools={tools} /> : undefined}
          />
        )}
      </Field>
    );
  }
  const shown = { ...props, label, value: value === undefined ? own.default : value, hasDefault: own.default !== undefined };
  return rules.isLiteral(pointer) ? <SchemaField {...shown} /> : <Switchable {...shown} />;
}

/** A field with a widget of its own, or an expression in its place. */
function Switchable({ plain, ...props }: SchemaFieldProps & { plain?: ReactNode }) {
  const { value, onChange, pointer, tools, label, schema } = props;
  const place = useFormPlace();
  const [isExpression, setExpression] = useState(isTemplate(value));
  const [isNew, setNew] = useState(false);
  const { description } = readTexts(schema, tools.root);
  // As long as nobody has changed what was made of it, the plain value comes back as it was.
  const [made, setMade] = useState<{ of: unknown; expression: unknown } | null>(null);
  const expression = isExpression ? value : expressionOf(value);
  const toggle = () => {
    setExpression(!isExpression);
    setNew(true);
    setMade(isExpression ? null : { of: value, expression });
    onChange(!isExpression ? expression : made !== null && made.expression === value ? made.of : plainOf(value, resolve(schema, tools.root)));
    tools.setUnreadable(pointer, null);
  };
  return (
    <div className="relative">
      <button
        type="button"
        aria-pressed={isExpression}
        aria-label={`${label}: use an expression`}
        disabled={expression === null}
        title={expression === null ? "A secret, or a text that is not right yet, cannot become part of an expression" : isExpression ? "Use a plain value" : "Use an expression"}
        onClick={toggle}
        className={cn("absolute -top-0.5 right-0 z-10 rounded-sm border bg-card p-0.5 text-muted-foreground hover:bg-accent disabled:opacity-40", isExpression && "border-primary bg-primary/10 text-primary")}
      >
        <Braces className="size-3.5" aria-hidden />
      </button>
      {isExpression ? (
        <Field label={label} hint={description} error={tools.problems.get(pointer)} required={props.isRequired}>
          {(control) =>
            place === null ? (
              <ValueInput {...control} label={label} pointer={pointer} isText value={value} placeholder="{{ expression }}" onChange={onChange} setUnreadable={() => undefined} />
            ) : (
              <ExpressionField
                place={place}
                pointer={pointer}
                value={typeof value === "string" ? value : ""}
                onChange={(next) => onChange(next === "" ? undefined : next)}
                label={label}
                problem={tools.problems.get(pointer)}
                describedBy={control["aria-describedby"]}
                autoFocus={isNew}
              />
            )
          }
        </Field>
      ) : (
        (plain ?? <SchemaField {...props} />)
      )}
    </div>
  );
}

function isTemplate(value: unknown): boolean {
  return typeof value === "string" && value.includes("{{");
}

function isRecord({ type, properties, additionalProperties }: Record<string, unknown>): boolean {
  return type === "object" && properties === undefined && isObject(additionalProperties);
}
