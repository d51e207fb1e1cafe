import path from "node:path";
import pg from "pg";
import { connectionRoom, fitConnections } from "@/server/db/connection-budget";
import { describeOpenTenantLock } from "@/server/db/tenant-lock";
import { migrate } from "@/server/postgres/migrate";
import { build, builtServer, ensurePrismaClient, isBuildCurrent } from "@/server/supervisor/build";
import { type ChildPlan, SupervisedChild } from "@/server/supervisor/child";
import { type Database, EmbeddedDatabase, externalDatabase } from "@/server/supervisor/database";
import { prepareFirstAdmin } from "@/server/supervisor/first-admin";
import { KEEP_ALIVE_TIMEOUT } from "@/server/supervisor/keep-alive";
import { dataFolderOf, type LocalEnvironment, localEnvironment, projectRoot } from "@/server/supervisor/local-environment";
import { complain, say } from "@/server/supervisor/say";
import { SchedulerTicker } from "@/server/supervisor/scheduler-ticker";
import { localWebUrl, untilHealthy, untilPortIsFree } from "@/server/supervisor/web-request";
import { WORKER_FLAGS } from "@/server/supervisor/worker-flags";

export type Mode = "start" | "dev";

/** Live pages hold their connection open for ever; requests that are being answered get this long. */
const WEB_GRACE_MS = 2000;
/** What a worker needs after its drain to give back its leases. */
const WORKER_MARGIN_MS = 5000;
const WORKER = path.join(projectRoot, "server/worker/main.ts");

/** Starts the parts of an installation in order, and stops them in the opposite order. */
export class Supervisor {
  private readonly stops: (() => Promise<void> | void)[] = [];
  private readonly children: SupervisedChild[] = [];
  private readonly aborted = new AbortController();
  private stopped: Promise<void> | undefined;

  constructor(
    private readonly mode: Mode,
    private readonly source: NodeJS.ProcessEnv,
  ) {}

  async start(): Promise<void> {
    const database = await this.startDatabase();
    const environment = localEnvironment(this.source, database.url);
    const { settings } = environment;
    await untilPortIsFree(settings.HOST, settings.PORT);
    const applied = await migrate(settings.DATABASE_DIRECT_URL);
    if (applied.length > 0) say(`Applied ${applied.length} migration(s).`);
    await this.lookAtServer(environment);
    await this.prepareBuild();
    if (this.aborted.signal.aborted) return;
    const firstAdmin = prepareFirstAdmin(environment.variables);
    this.stops.push(() => firstAdmin.stop());
    this.stops.push(() => this.stopChildren());
    this.startWorkers(environment);
    this.startChild(this.webPlan(environment.variables));
    const webUrl = localWebUrl(settings.HOST, settings.PORT);
    if (!(await untilHealthy(webUrl, this.aborted.signal))) return;
    for (const part of ["schedules", "house"] as const) {
      const ticker = new SchedulerTicker(webUrl, settings.CRON_SECRET, part);
      this.stops.push(() => ticker.stop());
      ticker.start();
    }
    say(`Ready: ${settings.MILLRACE_URL}`);
    await this.printSignIn(firstAdmin.signInUrl);
  }

  /** Ends the ticker, then web and workers (which finish or give back their steps), then the database. */
  stop(): Promise<void> {
    this.aborted.abort();
    this.stopped ??= (async () => {
      for (let stop = this.stops.pop(); stop; stop = this.stops.pop()) await stop();
    })();
    return this.stopped;
  }

  /** For the impatient: no grace time. PostgreSQL recovers from its log at the next start. */
  kill(): void {
    for (const child of this.children) child.kill();
  }

  private async startDatabase(): Promise<Database> {
    const url = this.source.DATABASE_URL;
    const dataFolder = dataFolderOf(this.source);
    const starting: Promise<Database> = url ? externalDatabase(url, this.aborted.signal) : EmbeddedDatabase.start(dataFolder);
    // Stopped meanwhile, what comes up goes again. Whoever waits below hears why it did not.
    this.stops.push(async () => (await starting.catch(() => null))?.stop());
    const database = await starting;
    if (!url) say(`PostgreSQL runs in ${path.relative(process.cwd(), dataFolder) || "."}.`);
    return database;
  }

  /** Says what is amiss with the server, and fits the pools to its connections. */
  private async lookAtServer({ variables, settings }: LocalEnvironment): Promise<void> {
    const client = new pg.Client({ connectionString: settings.DATABASE_DIRECT_URL });
    client.on("error", () => {});
    try {
      await client.connect();
      const open = await describeOpenTenantLock(client);
      if (open !== null) complain(open);
      const { DATABASE_POOL_SIZE, DATABASE_URL, DATABASE_DIRECT_URL, WORKER_PROCESSES } = settings;
      const { poolSize, problem } = fitConnections(await connectionRoom(client), { web: 1, workers: WORKER_PROCESSES, poolSize: DATABASE_POOL_SIZE, isWebPooled: DATABASE_URL !== DATABASE_DIRECT_URL });
      if (problem !== null) complain(problem);
      variables.DATABASE_POOL_SIZE = String(poolSize);
    } finally {
      await client.end();
    }
  }

  private async prepareBuild(): Promise<void> {
    const { signal } = this.aborted;
    if (this.mode === "dev") return ensurePrismaClient(projectRoot, signal);
    if (isBuildCurrent(projectRoot)) return;
    say("Building; this takes half a minute and happens at the first start and after changes.");
    try {
      await build(projectRoot, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  private startWorkers({ variables, settings }: LocalEnvironment): void {
    const watch = this.mode === "dev" ? [path.join(projectRoot, "node_modules/tsx/dist/cli.mjs"), "watch"] : [...WORKER_FLAGS, "--import", "tsx"];
    for (let number = 1; number <= settings.WORKER_PROCESSES; number += 1) {
      this.startChild({
        name: settings.WORKER_PROCESSES === 1 ? "worker" : `worker ${number}`,
        parameters: [...watch, WORKER],
        variables,
        graceMs: settings.DRAIN_SECONDS * 1000 + WORKER_MARGIN_MS,
      });
    }
  }

  private webPlan(variables: NodeJS.ProcessEnv): ChildPlan {
    const { HOST = "", PORT = "" } = variables;
    const next = path.join(projectRoot, "node_modules/next/dist/bin/next");
    const parameters = this.mode === "dev" ? [next, "dev", "-H", HOST, "-p", PORT] : [builtServer(projectRoot)];
    return { name: "web process", parameters, variables: { KEEP_ALIVE_TIMEOUT, ...variables }, graceMs: WEB_GRACE_MS, quiet: true };
  }

  private startChild(plan: ChildPlan): void {
    const child = new SupervisedChild(plan);
    this.children.push(child);
    child.start();
  }

  private async stopChildren(): Promise<void> {
    await Promise.all(this.children.map((child) => child.stop()));
  }

  private async printSignIn(signIn: Promise<string | null>): Promise<void> {
    try {
      const url = await signIn;
      if (url) say(`First sign-in, valid once: ${url}`);
    } catch (error) {
      if (!this.aborted.signal.aborted) complain((error as Error).message);
    }
  }
}
