import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { pathShown } from "./request-line";

// A process of its own: it changes the servers of its process, and the lines are read where they come out.
const SCRIPT = `
  import http from "node:http";
  import { watchFrontDoor } from "@/server/auth/front-door";
  watchFrontDoor();
  const server = http.createServer((request, response) => response.writeHead(418, { "x-seen": request.headers["x-request-id"] }).end());
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const ids = [];
  for (const given of ["mine-1", "not mine", undefined]) {
    const answer = await fetch("http://127.0.0.1:" + server.address().port + "/a/s3cret?key=s3cret", { headers: given === undefined ? {} : { "x-request-id": given } });
    ids.push([answer.headers.get("x-request-id"), answer.headers.get("x-seen"), answer.headers.get("x-content-type-options"), answer.headers.get("strict-transport-security")]);
  }
  server.closeAllConnections();
  server.close(() => process.stderr.write(JSON.stringify(ids)));
`;

describe("a request", () => {
  it("has one id in its answer, in what reads it and in its line of the log, which tells no secret of an address", async () => {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ["--import", "tsx", "--input-type=module", "-e", SCRIPT], { env: { ...process.env, LOG_LEVEL: "debug", MILLRACE_URL: "https://mill.example.com" } });
    const ids = JSON.parse(stderr) as [string, string, string, string][];
    expect(ids.map((one) => one.slice(2))).toEqual(Array(3).fill(["nosniff", "max-age=31536000"]));
    expect(ids.map(([id, seen]) => id === seen)).toEqual([true, true, true]);
    expect(ids.map(([id]) => id === "mine-1")).toEqual([true, false, false]);
    const lines = stdout.trim().split("\n").map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ requestId, method, path, status }) => [requestId, method, path, status])).toEqual(ids.map(([id]) => [id, "GET", "/a/…", 418]));
    expect(stdout).not.toContain("s3cret");
  });

  it.each([["/api/hooks/token", "/api/hooks/…"], ["/s/token?x=1", "/s/…"], ["/api/r/@token/orders/7?x=1", "/api/r/@…/orders/7"], ["/api/r/main/orders", "/api/r/main/orders"], ["/ada/workflows", "/ada/workflows"], ["/sign-in?token=1", "/sign-in"]])("to %s is shown as %s", (url, shown) => expect(pathShown(url)).toBe(shown));
});
