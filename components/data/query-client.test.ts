import { QueryObserver } from "@tanstack/react-query";
import { TRPCClientError } from "@trpc/client";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Outdated } from "./outdated";
import { makeQueryClient } from "./query-client";

const away = () => TRPCClientError.from(new Error("fetch failed"));
const refused = (kind: string) => TRPCClientError.from({ error: { message: kind, code: -32_000, data: { problem: { kind, fields: [], data: {} } } } });

function begin() {
  const client = makeQueryClient(() => {});
  const answer = vi.fn<() => Promise<string>>().mockResolvedValue("first");
  const observer = new QueryObserver(client, { queryKey: ["page"], queryFn: answer, retry: false });
  const outdated = new Outdated(client.getQueryCache());
  const stops = [observer.subscribe(() => {}), outdated.subscribe(() => {})];
  return { client, answer, observer, outdated, stop: () => stops.forEach((stop) => stop()) };
}

afterEach(() => vi.unstubAllGlobals());

describe("an answer that is asked for again", () => {
  it("is the one after the change, also when the first was under way then and comes later", async () => {
    let tell = (_: string): void => {};
    const first = new Promise<string>((resolve) => (tell = resolve));
    const { client, answer, stop } = begin();
    answer.mockReset().mockReturnValueOnce(first).mockResolvedValue("changed");
    stop();
    const again = new QueryObserver(client, { queryKey: ["list"], queryFn: answer, retry: false });
    const leave = again.subscribe(() => {});
    await client.invalidateQueries({ queryKey: ["list"] });
    expect(again.getCurrentResult().data).toBe("changed");
    tell("before");
    await first;
    await new Promise((resolve) => setTimeout(resolve));
    expect([again.getCurrentResult().data, answer.mock.calls.length]).toEqual(["changed", 2]);
    leave();
  });

  it("stands while the server is away, and is said to be out of date until it is back", async () => {
    const { answer, observer, outdated, stop } = begin();
    await vi.waitFor(() => expect(observer.getCurrentResult().data).toBe("first"), { timeout: 60_000 });
    answer.mockRejectedValueOnce(away());
    await observer.refetch();
    expect(observer.getCurrentResult()).toMatchObject({ status: "success", isSuccess: true, isError: false, data: "first" });
    expect(outdated.read()).toBeInstanceOf(TRPCClientError);
    answer.mockResolvedValueOnce("second");
    await observer.refetch();
    expect(observer.getCurrentResult()).toMatchObject({ isSuccess: true, data: "second" });
    expect(outdated.read()).toBeNull();
    stop();
  });

  it("is taken away when it is refused", async () => {
    const { answer, observer, outdated, stop } = begin();
    await vi.waitFor(() => expect(observer.getCurrentResult().data).toBe("first"), { timeout: 60_000 });
    answer.mockRejectedValueOnce(refused("not_found"));
    await observer.refetch();
    expect(observer.getCurrentResult()).toMatchObject({ isError: true, isSuccess: false });
    expect(outdated.read()).toBeNull();
    stop();
  });

  it("stands while a proof is asked for of who has seen it", async () => {
    const { answer, observer, stop } = begin();
    await vi.waitFor(() => expect(observer.getCurrentResult().data).toBe("first"), { timeout: 60_000 });
    answer.mockRejectedValueOnce(refused("proof_needed"));
    await observer.refetch();
    expect(observer.getCurrentResult()).toMatchObject({ isSuccess: true, data: "first" });
    stop();
  });

  it("fails when there was none before", async () => {
    const client = makeQueryClient(() => {});
    await expect(client.fetchQuery({ queryKey: ["page"], queryFn: () => Promise.reject(away()), retry: false })).rejects.toThrow("fetch failed");
    expect(client.getQueryState(["page"])?.status).toBe("error");
  });
});

describe("what is pressed while the browser is offline", () => {
  it("is tried at once, and not kept for later", async () => {
    vi.stubGlobal("navigator", { onLine: false });
    const client = makeQueryClient(() => {});
    const mutation = client.getMutationCache().build(client, { mutationFn: () => Promise.reject(away()) });
    await expect(mutation.execute(undefined)).rejects.toThrow("fetch failed");
    expect(mutation.state).toMatchObject({ status: "error", isPaused: false });
  });
});
