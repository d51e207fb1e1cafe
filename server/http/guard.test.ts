import { describe, expect, it } from "vitest";
import { BlockedAddress, createGuard, type Resolver } from "./guard";
import { createAddressPolicy } from "./address-policy";

describe("createAddressPolicy", () => {
  const { objectionTo } = createAddressPolicy([]);

  it.each([
    "127.0.0.1", "127.255.255.254", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "100.100.100.200", "168.63.129.16", "0.0.0.0", "0.1.2.3", "224.0.0.1", "239.1.1.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1",
    "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:7f00:1",
    "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "2002:7f00:1::", "2001::1", "2001:db8::1", "[::1]", "::127.0.0.1", "::7f00:1", "::a9fe:a9fe",
    "::ffff:0:0:7f00:1", "4000::1", "not an address",
  ])("refuses %s", (address) => {
    expect(objectionTo(address)).not.toBeNull();
  });

  it.each(["8.8.8.8", "1.1.1.1", "93.184.215.14", "2606:4700:4700::1111", "::ffff:8.8.8.8", "172.32.0.1", "100.128.0.1"])("lets %s through", (address) => {
    expect(objectionTo(address)).toBeNull();
  });

  it("takes addresses, ranges and names from the allow-list", () => {
    const policy = createAddressPolicy(["10.1.0.0/16", "127.0.0.1", "fd00::/8", "intranet.local", "*.corp.example"]);
    expect(["10.1.2.3", "127.0.0.1", "::ffff:10.1.2.3", "fd12::1"].map(policy.objectionTo)).toEqual([null, null, null, null]);
    expect(["10.2.0.1", "127.0.0.2", "::1"].every((address) => policy.objectionTo(address) !== null)).toBe(true);
    expect(["intranet.local", "INTRANET.local.", "a.corp.example", "a.b.corp.example"].every(policy.allowsHost)).toBe(true);
    expect(["corp.example", "xintranet.local", "evil-corp.example"].some(policy.allowsHost)).toBe(false);
  });
});

function answering(...rounds: string[][]): { resolver: Resolver; calls: () => number } {
  let calls = 0;
  const resolver: Resolver = (_host, answer) => {
    const round = rounds[Math.min(calls++, rounds.length - 1)] ?? [];
    answer(null, round.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })));
  };
  return { resolver, calls: () => calls };
}

describe("createGuard", () => {
  it("answers only the addresses that passed", async () => {
    const { resolver } = answering(["10.0.0.1", "8.8.8.8", "::1"]);
    expect(await createGuard({ allow: [], resolver }).resolve("mixed.example")).toEqual([{ address: "8.8.8.8", family: 4 }]);
  });

  it("judges after resolution and names the address", async () => {
    const { resolver } = answering(["169.254.169.254"]);
    await expect(createGuard({ allow: [], resolver }).resolve("metadata.example")).rejects.toThrow(BlockedAddress);
    await expect(createGuard({ allow: [], resolver }).resolve("metadata.example")).rejects.toThrow("metadata.example (169.254.169.254)");
  });

  it("asks the name server once for one connection", async () => {
    const { resolver, calls } = answering(["8.8.8.8"], ["127.0.0.1"]);
    await createGuard({ allow: [], resolver }).resolve("rebinding.example");
    expect(calls()).toBe(1);
  });

  it("checks hosts that are addresses, which no resolver sees", () => {
    const guard = createGuard({ allow: [] });
    expect(() => guard.check("127.0.0.1")).toThrow(BlockedAddress);
    expect(() => guard.check("[::1]")).toThrow(BlockedAddress);
    expect(() => guard.check("8.8.8.8")).not.toThrow();
    expect(() => guard.check("name.example")).not.toThrow();
  });

  it("lets a named host resolve to anything", async () => {
    const { resolver } = answering(["127.0.0.1"]);
    expect(await createGuard({ allow: ["db.internal"], resolver }).resolve("db.internal")).toHaveLength(1);
  });
});
