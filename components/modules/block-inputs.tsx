/** The fields that a step with this block shows, as its input schema says them. */
export function BlockInputs({ schema }: { schema: unknown }) {
  const { properties = {}, required = [] } = (typeof schema === "object" && schema !== null ? schema : {}) as { properties?: Record<string, unknown>; required?: unknown[] };
  const fields = Object.entries(properties);
  return (
    <section aria-label="Input" className="flex flex-col gap-2">
      <h2 className="text-sm font-semibold">Input</h2>
      {fields.length === 0 ? <p className="text-sm text-muted-foreground">It takes nothing in.</p> : (
        <dl className="divide-y rounded-lg border bg-card text-sm">
          {fields.map(([name, field]) => {
            const { type, title, description } = (typeof field === "object" && field !== null ? field : {}) as { type?: unknown; title?: unknown; description?: unknown };
            return (
              <div key={name} className="flex flex-col gap-0.5 px-3 py-2">
                <dt className="flex flex-wrap items-baseline gap-2">
                  <span className="font-medium break-words">{typeof title === "string" ? title : name}</span>
                  <code className="font-mono text-xs text-muted-foreground">{typeof type === "string" ? type : "any value"}{required.includes(name) ? "" : ", optional"}</code>
                </dt>
                {typeof description === "string" ? <dd className="text-xs text-muted-foreground">{description}</dd> : null}
              </div>
            );
          })}
        </dl>
      )}
    </section>
  );
}
