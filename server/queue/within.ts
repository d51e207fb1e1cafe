import type { QueryConfig } from "pg";

/** A statement whose answer is given up after that time, with its connection: the server may have gone silent. */
export function within<Config extends QueryConfig>(milliseconds: number, config: Config): Config {
  return { ...config, query_timeout: milliseconds };
}
