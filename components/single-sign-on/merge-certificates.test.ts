import { expect, it } from "vitest";
import { mergeCertificates } from "./merge-certificates";

const certificate = (name: string, isExpired = false) => ({ pem: `${name}\n`, fingerprint: name, isExpired });

it("keeps what may still sign, drops what is over, and takes no certificate twice", () => {
  expect(mergeCertificates([certificate("new"), certificate("same")], [certificate("same"), certificate("old"), certificate("over", true)])).toEqual({ pems: ["new", "same", "old"], added: 2 });
});

it("holds no more than a connection takes", () => {
  expect(mergeCertificates([certificate("new")], ["a", "b", "c", "d", "e"].map((name) => certificate(name))).pems).toEqual(["new", "a", "b", "c", "d"]);
});
