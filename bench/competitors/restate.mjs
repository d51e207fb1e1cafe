// Three durable steps on Restate (its own server, fsync as it ships); prints one line of JSON. Needs BENCH_FOLDER for its files.
import { spawn } from "node:child_process";
import http from "node:http";
import net from "node:net";
import { createRequire } from "node:module";
import { loadFromEnv, measure } from "./load.mjs";

Promise.withResolvers ??= function withResolvers() {
  let resolve, reject;
  const promise = new this((ok, no) => ([resolve, reject] = [ok, no]));
  return { promise, resolve, reject };
};
const restate = await import("@restatedev/restate-sdk");

const freePort = () =>
  new Promise((ok) => {
    const server = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => ok(port));
    });
  });

const service = restate.service({
  name: "bench",
  handlers: {
    addThree: async (ctx, n) => {
      const one = await ctx.run("one", () => n + 1);
      const two = await ctx.run("two", () => one + 1);
      return ctx.run("three", () => two + 1);
    },
  },
});

const [endpointPort, ingressPort, adminPort, fabricPort] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
await restate.serve({ services: [service], port: endpointPort, logger: () => {} });
const binary = createRequire(import.meta.url).resolve(`@restatedev/restate-server-${process.platform}-${process.arch}/bin/restate-server`);
const server = spawn(binary, ["--base-dir", process.env.BENCH_FOLDER, "--node-name", "bench"], {
  stdio: ["ignore", "ignore", "inherit"],
  env: {
    ...process.env,
    RESTATE_INGRESS__BIND_ADDRESS: `127.0.0.1:${ingressPort}`,
    RESTATE_ADMIN__BIND_ADDRESS: `127.0.0.1:${adminPort}`,
    RESTATE_BIND_ADDRESS: `127.0.0.1:${fabricPort}`,
    RESTATE_ADVERTISED_ADDRESS: `http://127.0.0.1:${fabricPort}`,
    RESTATE_LOG_FILTER: "error",
    RESTATE_DISABLE_TELEMETRY: "true",
  },
});
const stop = () => server.kill("SIGKILL");
process.on("exit", stop);

await registered();
const agent = new http.Agent({ keepAlive: true, maxSockets: 200 });
const call = (n) =>
  new Promise((ok, no) => {
    const request = http.request({ agent, port: ingressPort, host: "127.0.0.1", path: "/bench/addThree", method: "POST", headers: { "content-type": "application/json" } }, (response) => {
      let body = "";
      response.on("data", (chunk) => (body += chunk));
      response.on("end", () => (response.statusCode === 200 ? ok(JSON.parse(body)) : no(new Error(`${response.statusCode} ${body}`))));
    });
    request.on("error", no);
    request.end(JSON.stringify(n));
  });
console.log(JSON.stringify(await measure({ ...loadFromEnv(), call })));
stop();
process.exit(0);

async function registered() {
  for (let attempt = 0; attempt < 300; attempt++) {
    try {
      const answer = await fetch(`http://127.0.0.1:${adminPort}/deployments`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ uri: `http://127.0.0.1:${endpointPort}` }),
      });
      if (answer.ok) return;
    } catch {
      // The server is still starting.
    }
    await new Promise((ok) => setTimeout(ok, 100));
  }
  throw new Error("the Restate server did not accept the deployment within 30 seconds");
}
