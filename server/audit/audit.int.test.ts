import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Scope } from "@/server/auth/scope";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { inTransaction } from "@/server/db/transaction";
import { makeScope } from "@/server/testing/factories";
import { listAuditEvents } from "@/server/audit-log/service";
import { replaceAuditKey, sealAuditEvents, verifyAuditChain } from "@/server/audit-chain/service";
import { chainHash, CONTENT_SQL, FIRST_HASH, recordAudit } from "./service";

let scope: Scope;

beforeAll(async () => {
  scope = await makeScope();
});
afterAll(closeConnections);

function record(count: number, from: Scope = scope) {
  return from.db.transaction(async (tx) => {
    for (let n = 1; n <= count; n++) {
      await recordAudit(tx, from, { action: `thing.done`, resource: { type: "thing", id: `t${n}`, name: "Ünïcode\u2028" }, before: { n }, after: { z: 1, a: [n, null] } });
    }
  });
}

/** As somebody could who has the database's own rights. */
function tamper(sql: string, values: unknown[]) {
  return inTransaction(sharedPool(), async (client) => {
    await client.query("set local session_replication_role = replica");
    await client.query(sql, values);
  });
}

describe("audit events", () => {
  it("are there with their deed, and are not without it", async () => {
    await record(2);
    const undone = scope.db.transaction(async (tx) => {
      await recordAudit(tx, scope, { action: "never.happened" });
      throw new Error("undo");
    });
    await expect(undone).rejects.toThrow("undo");
    const { items } = await listAuditEvents({ scope }, { limit: 50 });
    expect(items).toHaveLength(2);
    expect(items[0]).toMatchObject({ action: "thing.done", actor: { type: "user", name: "Test admin" }, after: { z: 1, a: [2, null] }, chainSeq: null });
  });

  it("are chained per organization, also by several sealers at once", async () => {
    const other = await makeScope();
    await record(3, other);
    await Promise.all([sealAuditEvents(), sealAuditEvents(), sealAuditEvents()]);
    await sealAuditEvents();
    expect(await verifyAuditChain(scope.organizationId)).toMatchObject({ events: 2, startSeq: 0, unsealed: 0, problem: null });
    expect(await verifyAuditChain(other.organizationId)).toMatchObject({ events: 3, startSeq: 0, unsealed: 0, problem: null });
    await record(2);
    expect(await verifyAuditChain(scope.organizationId)).toMatchObject({ events: 2, startSeq: 0, unsealed: 2, problem: null });
    await sealAuditEvents();
    expect(await verifyAuditChain(scope.organizationId)).toMatchObject({ events: 4, startSeq: 0, unsealed: 0, problem: null });
  });

  it("refuse every change by SQL", async () => {
    const event = await rawDb().auditEvent.findFirstOrThrow({ where: { organizationId: scope.organizationId } });
    await expect(rawDb().auditEvent.update({ where: { id: event.id }, data: { action: "other" } })).rejects.toThrow(/never change/);
    await expect(rawDb().auditEvent.delete({ where: { id: event.id } })).rejects.toThrow(/never deleted/);
    await expect(scope.db.auditEvent.updateMany({ data: { action: "other" } })).rejects.toThrow(/denied/);
  });

  it("show a change, a removal and a cut end that went past the triggers", async () => {
    const changed = await makeScope();
    await record(3, changed);
    const removed = await makeScope();
    await record(3, removed);
    const cut = await makeScope();
    await record(3, cut);
    await sealAuditEvents();
    await tamper("update audit_event set actor_name = 'Nobody' where organization_id = $1 and chain_seq = 2", [changed.organizationId]);
    await tamper("delete from audit_event where organization_id = $1 and chain_seq = 2", [removed.organizationId]);
    await tamper("delete from audit_event where organization_id = $1 and chain_seq = 3", [cut.organizationId]);
    expect((await verifyAuditChain(changed.organizationId)).problem).toMatchObject({ kind: "altered", seq: 2 });
    expect((await verifyAuditChain(removed.organizationId)).problem).toEqual({ kind: "missing", seq: 2 });
    expect((await verifyAuditChain(cut.organizationId)).problem).toEqual({ kind: "missing", seq: 3 });
  });

  it("attack: a chain that the owner of the database wrote anew, end and all, is not signed, nor by what comes after it", async () => {
    const forged = await makeScope();
    await record(3, forged);
    await sealAuditEvents();
    const { organizationId } = forged;
    const sound = await verifyAuditChain(organizationId);
    expect(sound).toMatchObject({ problem: null, signature: { kind: "signed", key: expect.stringMatching(/^[0-9a-f]{16}$/) as string } });
    const rewrite = async (mark: Uint8Array | null) => {
      await tamper("update audit_event set actor_name = 'Nobody' where organization_id = $1 and chain_seq = 2", [organizationId]);
      const { rows } = await sharedPool().query<{ seq: string; content: (string | null)[] }>(`select chain_seq as seq, ${CONTENT_SQL} as content from audit_event where organization_id = $1 and chain_seq is not null order by chain_seq`, [organizationId]);
      let hash: Uint8Array = FIRST_HASH;
      for (const { seq, content } of rows) {
        hash = chainHash(hash, BigInt(seq), content);
        await tamper("update audit_event set chain_hash = $3 where organization_id = $1 and chain_seq = $2", [organizationId, seq, hash]);
      }
      await tamper("update audit_chain set hash = $2, mark = $3 where id = $1", [organizationId, hash, mark]);
    };
    const { mark } = await rawDb().auditChain.findUniqueOrThrow({ where: { id: organizationId } });
    for (const kept of [mark, null]) {
      await rewrite(kept);
      expect((await verifyAuditChain(organizationId)).problem).toEqual({ kind: "unsigned", seq: 3 });
    }
    for (const seq of [4, 5]) {
      await record(1, forged);
      await sealAuditEvents();
      expect((await verifyAuditChain(organizationId)).problem).toEqual({ kind: "unsigned", seq });
    }
  });

  describe("attack: a chain that the owner of the database takes back", () => {
    const verified = async (from: Scope) => (await verifyAuditChain(from.organizationId)).problem;
    /** With an event of its own between, so that the sealer has been at it. */
    const resealed = async (from: Scope) => {
      await record(1, from);
      await sealAuditEvents();
      return verified(from);
    };
    const open = async () => {
      await replaceAuditKey();
      const from = await makeScope();
      await record(3, from);
      await sealAuditEvents();
      expect(await verified(from)).toBeNull();
      return from;
    };
    const unseal = (from: Scope) => tamper("update audit_event set chain_seq = null, chain_hash = null, sealed_at = null, actor_name = 'Nobody' where organization_id = $1", [from.organizationId]);

    it.each([
      ["without its end", (id: string) => tamper("delete from audit_chain where id = $1", [id])],
      ["to its beginning", (id: string) => tamper("update audit_chain set seq = 0, hash = $2, mark = null where id = $1", [id, FIRST_HASH])],
    ])("%s is sealed again and does not hold", async (_, takeBack) => {
      const from = await open();
      await unseal(from);
      await takeBack(from.organizationId);
      expect(await verified(from)).toEqual({ kind: "set_back" });
      expect([await resealed(from), await resealed(from)]).toEqual([{ kind: "set_back" }, { kind: "set_back" }]);
      await replaceAuditKey();
      expect(await verified(from)).toBeNull();
    });

    it("and leaves without an end does not hold", async () => {
      const from = await open();
      await tamper("delete from audit_chain where id = $1", [from.organizationId]);
      expect(await verified(from)).toEqual({ kind: "outside", seq: 1 });
    });

    it("to an end that was signed once does not hold, whatever another chain is made to go", async () => {
      const from = await open();
      const { mark, seq, hash } = await rawDb().auditChain.findUniqueOrThrow({ where: { id: from.organizationId } });
      expect(await resealed(from)).toBeNull();
      await tamper("delete from audit_event where organization_id = $1 and chain_seq > $2", [from.organizationId, seq]);
      await tamper("update audit_chain set seq = $2, hash = $3, mark = $4 where id = $1", [from.organizationId, seq, hash, mark]);
      await tamper("insert into audit_chain (id, seq, hash) values (gen_random_uuid(), 1, $1)", [FIRST_HASH]);
      expect([await verified(from), await resealed(from)]).toEqual([{ kind: "set_back" }, { kind: "set_back" }]);
    });

    it("from its beginning does not hold, though an entry says that retention did it", async () => {
      const from = await open();
      const { chainHash: hash } = await rawDb().auditEvent.findFirstOrThrow({ where: { organizationId: from.organizationId, chainSeq: 2 } });
      await from.db.transaction((tx) => recordAudit(tx, from, { action: "audit.removed", after: { throughSeq: 2, hash: Buffer.from(hash!).toString("hex"), events: 2, keepDays: 30 } }));
      await tamper("delete from audit_event where organization_id = $1 and chain_seq <= 2", [from.organizationId]);
      await tamper("update audit_chain set start_seq = 2, start_hash = $2 where id = $1", [from.organizationId, hash]);
      expect([await verified(from), await resealed(from)]).toEqual([{ kind: "unsigned", seq: 3 }, { kind: "unsigned", seq: 5 }]);
    });

    it("does not hold where the signing key was changed, and is not signed where it does not open", async () => {
      const from = await open();
      const { sealed, masterKeyId } = await rawDb().auditKey.findFirstOrThrow();
      await tamper("update audit_key set sealed = sealed || '\\x00'::bytea", []);
      expect(await verified(from)).toEqual({ kind: "key_changed" });
      await expect(sealAuditEvents()).rejects.toThrow(/audit new-key/);
      await tamper("update audit_key set sealed = $1, master_key_id = 'another'", [sealed]);
      expect(await verifyAuditChain(from.organizationId)).toMatchObject({ signature: { kind: "unreadable" }, problem: null });
      await tamper("update audit_key set master_key_id = $1", [masterKeyId]);
      expect(await verified(from)).toBeNull();
    });

    it("shows events beside its ends", async () => {
      const from = await open();
      await record(1, from);
      await tamper("update audit_event set chain_seq = 4, chain_hash = $2, sealed_at = now() where organization_id = $1 and chain_seq is null", [from.organizationId, FIRST_HASH]);
      expect(await verified(from)).toEqual({ kind: "outside", seq: 4 });
    });
  });

  it("of an installation from before there were signatures are signed once, and not sealed by a process of that version", async () => {
    const old = await makeScope();
    await record(2, old);
    await sealAuditEvents();
    await tamper("delete from audit_key", []);
    await tamper("update audit_chain set mark = null", []);
    expect(await verifyAuditChain(old.organizationId)).toMatchObject({ events: 2, signature: { kind: "none" }, problem: null });
    await record(1, old);
    const keysMade = async () => (await rawDb().auditEvent.findMany({ where: { action: "audit.key_made", organizationId: null } })).length;
    const before = await keysMade();
    await sealAuditEvents();
    expect(await keysMade()).toBe(before + 1);
    const report = await verifyAuditChain(old.organizationId);
    expect(report).toMatchObject({ events: 3, signature: { kind: "signed" }, problem: null });
    await expect(sharedPool().query("update audit_chain set seq = seq + 1 where id = $1", [old.organizationId])).rejects.toThrow(/not signed/);
    await expect(sharedPool().query("update audit_chain set start_seq = 1 where id = $1", [old.organizationId])).rejects.toThrow(/not signed/);
    await expect(sharedPool().query("insert into audit_chain (id, seq, hash) values (gen_random_uuid(), 1, $1)", [FIRST_HASH])).rejects.toThrow(/not signed/);
  });

  it("page by moment and id, newest first", async () => {
    const first = await listAuditEvents({ scope }, { limit: 3 });
    const second = await listAuditEvents({ scope }, { limit: 3, cursor: first.nextCursor! });
    expect([first.items.length, second.items.length, second.nextCursor]).toEqual([3, 1, null]);
    expect(new Set([...first.items, ...second.items].map(({ id }) => id)).size).toBe(4);
  });

  it("verify the same in any time zone of the session", async () => {
    const name = (await sharedPool().query<{ name: string }>("select current_database() as name")).rows[0]!.name;
    await sharedPool().query(`alter database "${name}" set timezone = 'Asia/Kathmandu'`);
    await closeConnections();
    expect(await verifyAuditChain(scope.organizationId)).toMatchObject({ events: 4, problem: null });
  });
});
