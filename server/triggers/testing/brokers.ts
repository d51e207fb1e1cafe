import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { randomInt } from "node:crypto";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";

export interface Broker {
  port: number;
  /** As a crash leaves it. */
  kill(): Promise<void>;
  /** Again, on the same port with the same data. */
  start(): Promise<void>;
  remove(): Promise<void>;
}

/** Whether a program is there; on a machine without it the suites that need it are skipped by name. */
export function hasProgram(name: string): boolean {
  return (process.env.PATH ?? "").split(":").concat("/usr/sbin", "/usr/lib/rabbitmq/bin").some((folder) => fs.existsSync(path.join(folder, name)));
}

/** Below those that the system gives to connections on their way out, of which one may have any of its own at any time. */
const [FIRST_PORT, LAST_PORT] = [15_000, 32_000];
const given = new Set<number>();

/** Free, as the one after it is. No two of this process are the same. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + 2 * randomInt((LAST_PORT - FIRST_PORT) / 2);
    if (given.has(port) || !(await isFree(port)) || !(await isFree(port + 1))) continue;
    given.add(port);
    return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}

type Launch = (folder: string, port: number) => { command: string; args: string[]; env?: Record<string, string> };

/** A real server in a folder of its own, ready once its port answers. */
export async function startBroker(launch: Launch, readyMs = 60_000, attempts = 3): Promise<Broker> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "millrace-broker-"));
  fs.chmodSync(folder, 0o777);
  const port = await freePort();
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    const { command, args, env = {} } = launch(folder, port);
    const log = fs.openSync(path.join(folder, "server.log"), "a");
    child = spawn(command, args, { cwd: folder, env: { ...process.env, PATH: `${process.env.PATH ?? ""}:/usr/sbin:/usr/lib/rabbitmq/bin`, ...env }, stdio: ["ignore", log, log], detached: true });
    const { pid } = child;
    const hasEnded = () => child?.pid !== pid || child?.exitCode !== null || child.signalCode !== null;
    await untilOpen(port, readyMs, hasEnded, () => fs.readFileSync(path.join(folder, "server.log"), "utf8").slice(-2_000));
  };
  const kill = async (): Promise<void> => {
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child?.once("exit", resolve));
    process.kill(-child.pid, "SIGKILL");
    await gone;
  };
  const remove = () => kill().then(() => fs.rmSync(folder, { recursive: true, force: true }));
  try {
    await start();
  } catch (error) {
    await remove();
    // Its port, or the one after it, may have become another's meanwhile.
    if (attempts > 1) return startBroker(launch, readyMs, attempts - 1);
    throw error;
  }
  return { port, start, kill, remove };
}

async function untilOpen(port: number, withinMs: number, hasEnded: () => boolean, log: () => string): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await answers(port))) {
    if (hasEnded() || performance.now() > deadline) throw new Error(`nothing answered on port ${port}: ${log()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1");
    socket.once("connect", () => (socket.destroy(), resolve(true)));
    socket.once("error", () => resolve(false));
  });
}

export const mosquitto: Launch = (folder, port) => {
  const file = path.join(folder, "mosquitto.conf");
  fs.writeFileSync(file, `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location ${folder}/\nautosave_interval 1\nautosave_on_changes true\nuser root\n`);
  return { command: "mosquitto", args: ["-c", file] };
};

export const natsServer: Launch = (folder, port) => ({ command: "nats-server", args: ["-a", "127.0.0.1", "-p", String(port), "-js", "-sd", path.join(folder, "js")] });

export const redisServer: Launch = (folder, port) => ({ command: "redis-server", args: ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--appendonly", "yes", "--appendfsync", "always"] });

export const rabbitServer: Launch = (folder, port) => ({
  command: "/usr/lib/rabbitmq/bin/rabbitmq-server",
  args: [],
  env: {
    HOME: folder,
    RABBITMQ_NODENAME: `millrace${port}@localhost`,
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_NODE_IP_ADDRESS: "127.0.0.1",
    RABBITMQ_DIST_PORT: String(port + 1),
    RABBITMQ_MNESIA_BASE: path.join(folder, "mnesia"),
    RABBITMQ_LOG_BASE: path.join(folder, "log"),
    RABBITMQ_PLUGINS_DIR: "/usr/lib/rabbitmq/lib/rabbitmq_server-none",
    RABBITMQ_ENABLED_PLUGINS_FILE: path.join(folder, "plugins"),
    ERL_EPMD_ADDRESS: "127.0.0.1",
  },
});

/** With plugins of those that it is installed with, and lines of its configuration. */
export const rabbitWith =
  (more: { plugins: readonly string[]; config: (port: number) => readonly string[] }): Launch =>
  (folder, port) => {
    fs.writeFileSync(path.join(folder, "plugins"), `[${more.plugins.join(", ")}].\n`);
    fs.writeFileSync(path.join(folder, "rabbitmq.conf"), more.config(port).map((line) => `${line}\n`).join(""));
    const { RABBITMQ_PLUGINS_DIR: _none, ...env } = rabbitServer(folder, port).env ?? {};
    return { ...rabbitServer(folder, port), env: { ...env, RABBITMQ_CONFIG_FILE: path.join(folder, "rabbitmq.conf") } };
  };

const KAFKA_VERSION = "3.9.1";

/** Folder with the jars of a Kafka broker; null when there is neither the folder nor Java. */
export function kafkaJars(): string | null {
  const folder = process.env.KAFKA_JARS ?? path.join(os.homedir(), ".cache/millrace/kafka");
  return hasProgram("java") && fs.existsSync(path.join(folder, `kafka_2.13-${KAFKA_VERSION}.jar`)) ? folder : null;
}

interface KafkaMore {
  /** Ports by name, beside the open one. */
  listeners: Record<string, number>;
  protocols: Record<string, string>;
  /** As `StorageTool --add-scram` takes them. */
  users: readonly string[];
  config: (folder: string) => readonly string[];
}

/** One node that is broker and controller at once (KRaft). */
export const kafkaWith =
  (more: KafkaMore): Launch =>
  (folder, port) => {
    const file = path.join(folder, "server.properties");
    const data = path.join(folder, "data");
    const java = ["-Xmx512m", "-cp", `${kafkaJars() ?? ""}/*`, "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"];
    const listeners = Object.entries({ PLAINTEXT: port, ...more.listeners, CONTROLLER: port + 1 }).map(([name, at]) => `${name}://127.0.0.1:${at}`);
    const protocols = Object.entries({ PLAINTEXT: "PLAINTEXT", CONTROLLER: "PLAINTEXT", ...more.protocols }).map((pair) => pair.join(":"));
    if (!fs.existsSync(file)) {
      fs.writeFileSync(
        file,
        `process.roles=broker,controller\nnode.id=1\ncontroller.quorum.voters=1@127.0.0.1:${port + 1}\nlisteners=${listeners.join(",")}\n` +
          `controller.listener.names=CONTROLLER\nlistener.security.protocol.map=${protocols.join(",")}\nlog.dirs=${data}\noffsets.topic.replication.factor=1\n` +
          `transaction.state.log.replication.factor=1\ntransaction.state.log.min.isr=1\ngroup.initial.rebalance.delay.ms=0\noffsets.topic.num.partitions=1\n${more.config(folder).map((line) => `${line}\n`).join("")}`,
      );
      execFileSync("java", [...java, "kafka.tools.StorageTool", "format", "-t", "4L6g3nShT-eMCtK--X86sw", "-c", file, ...more.users.flatMap((user) => ["--add-scram", user])], { stdio: "pipe" });
    }
    return { command: "java", args: [...java, "kafka.Kafka", file] };
  };

export const kafkaServer = kafkaWith({ listeners: {}, protocols: {}, users: [], config: () => [] });

const ELASTICMQ_VERSION = "1.6.14";

/** Folder with the jars of ElasticMQ, which speaks the protocol of SQS; null when there is neither the folder nor Java. */
export function elasticmqJars(): string | null {
  const folder = process.env.ELASTICMQ_JARS ?? path.join(os.homedir(), ".cache/millrace/elasticmq");
  return hasProgram("java") && fs.existsSync(path.join(folder, `elasticmq-server_2.13-${ELASTICMQ_VERSION}.jar`)) ? folder : null;
}

export const elasticmqServer: Launch = (folder, port) => {
  const file = path.join(folder, "elasticmq.conf");
  fs.writeFileSync(file, `include classpath("application.conf")\nnode-address { protocol = http, host = "127.0.0.1", port = ${port}, context-path = "" }\nrest-sqs { enabled = true, bind-port = ${port}, bind-hostname = "127.0.0.1", sqs-limits = strict }\nrest-stats { enabled = false }\n`);
  return { command: "java", args: ["-Xmx256m", `-Dconfig.file=${file}`, "-cp", `${elasticmqJars() ?? ""}/*`, "org.elasticmq.server.Main"] };
};

const S3MOCK_VERSION = "4.9.1";

/** The jar of S3Mock, which speaks the protocol of S3; null when there is neither the jar nor Java. */
export function s3MockJar(): string | null {
  const jar = path.join(process.env.S3MOCK_JARS ?? path.join(os.homedir(), ".cache/millrace/s3mock"), `s3mock-${S3MOCK_VERSION}-exec.jar`);
  return hasProgram("java") && fs.existsSync(jar) ? jar : null;
}

/** With a bucket `millrace`. */
export const s3MockServer: Launch = (folder, port) => ({
  command: "java",
  args: ["-Xmx256m", "-jar", s3MockJar() ?? "", `--com.adobe.testing.s3mock.store.root=${folder}/store`, "--com.adobe.testing.s3mock.store.initialBuckets=millrace", "--server.port=0", `--com.adobe.testing.s3mock.httpPort=${port}`],
});
