/** The value at a field of a config, such as `input.rows`; undefined when there is none. */
export function readField(config: unknown, field: string): unknown {
  return field.split(".").reduce<unknown>((value, name) => (isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined), config);
}

/** A copy with another value there; what stands in the way and is no object gives way. */
export function withField(config: unknown, field: string, value: unknown): unknown {
  const [name = "", ...rest] = field.split(".");
  const own = isObject(config) ? config : {};
  return { ...own, [name]: rest.length === 0 ? value : withField(own[name], rest.join("."), value) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
