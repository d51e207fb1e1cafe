import type pg from "pg";

/** Beside its shared pool: the planned statements' four, one that listens, one that keeps house. */
const WEB_BESIDES = 6;
/** The queue's six, the planned statements' four, two that listen. */
const WORKER_BESIDES = 12;
/** With fewer, whoever holds a transaction and asks for something beside it waits for itself. */
const POOL_MIN = 2;

export interface Processes {
  web: number;
  workers: number;
  poolSize: number;
  /** The shared pool of a web process ends at a pooler, whose connections are its own affair. */
  isWebPooled: boolean;
}

const ROOM = `
SELECT least(
  current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int - coalesce(current_setting('reserved_connections', true), '0')::int,
  nullif((SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user), -1),
  nullif((SELECT datconnlimit FROM pg_database WHERE datname = current_database()), -1)) AS room`;

/** How many connections the server has for such as us. */
export async function connectionRoom(client: Pick<pg.ClientBase, "query">): Promise<number> {
  const { rows } = await client.query<{ room: number }>(ROOM);
  return rows[0]?.room ?? 0;
}

const mostOf = ({ web, workers, poolSize, isWebPooled }: Processes): number => web * (WEB_BESIDES + (isWebPooled ? 0 : poolSize)) + workers * (WORKER_BESIDES + poolSize);

function named({ web, workers }: Processes): string {
  const parts = [...(web === 0 ? [] : ["the web process"]), ...(workers === 0 ? [] : [workers === 1 ? "one worker" : `${workers} workers`])];
  return parts.join(" and ");
}

/** Null: the server has room for all that these processes may ask for. */
export function describeShortage(room: number, processes: Processes): string | null {
  const most = mostOf(processes);
  return most <= room ? null : `The database takes ${room} connections, and ${named(processes)} may open ${most} (DATABASE_POOL_SIZE ${processes.poolSize})`;
}

/** A pool size with which these processes never ask for more connections than there are; what people should know of it. */
export function fitConnections(room: number, processes: Processes): { poolSize: number; problem: string | null } {
  const { web, workers, poolSize, isWebPooled } = processes;
  const shortage = describeShortage(room, processes);
  if (shortage === null) return { poolSize, problem: null };
  const pools = workers + (isWebPooled ? 0 : web);
  const fitting = pools === 0 ? 0 : Math.floor((room - mostOf({ ...processes, poolSize: 0 })) / pools);
  if (fitting >= POOL_MIN) return { poolSize: fitting, problem: `${shortage}: pools of ${fitting} are used instead.` };
  const least = mostOf({ ...processes, poolSize: POOL_MIN });
  return { poolSize: Math.min(poolSize, POOL_MIN), problem: `${shortage}; they need at least ${least}: raise max_connections${workers > 1 ? ", or lower WORKER_PROCESSES" : ""}.` };
}
