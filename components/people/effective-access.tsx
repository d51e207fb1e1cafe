"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { SkeletonRows } from "@/components/ui/skeleton";
import type { PlaceRef, Reaching } from "@/server/access/contract";
import { isOnThings, type Permission, PERMISSION_RULES, PERMISSIONS } from "@/server/auth/permissions";
import { RoleReason } from "./role-reason";

const OPTIONS = PERMISSIONS.filter(isOnThings).map((one) => ({ value: one as string, label: PERMISSION_RULES[one].does }));

const KINDS = { service_account: "Service account", issuer: "Trusted issuer" } as const;

function Programs({ programs }: Pick<Reaching, "programs">) {
  return (
    <>
      <ul className="divide-y rounded-lg border bg-card" aria-label="Programs that may">
        {programs.map(({ kind, id, name, roles }) => (
          <li key={id} className="flex flex-col gap-1 px-4 py-3 text-sm">
            <span className="font-medium break-words">{name} <span className="text-xs font-normal text-muted-foreground">{KINDS[kind]}</span></span>
            <span className="text-xs text-muted-foreground"><strong className="font-medium text-foreground">{roles.join(", ")}</strong> in the whole workspace</span>
          </li>
        ))}
      </ul>
      <p className="text-xs text-muted-foreground">A token may do less than whoever holds it: what its scopes say.</p>
    </>
  );
}

/** Who may do something at a place, and why. */
export function EffectiveAccess({ place }: { place: PlaceRef }) {
  const trpc = useTRPC();
  const [permission, setPermission] = useState<Permission>("workflow:read");
  const [search, setSearch] = useState("");
  const answer = useQuery({ ...trpc.access.reaching.queryOptions({ place, permission, ...(search === "" ? {} : { search }) }), placeholderData: keepPreviousData });
  return (
    <div className="flex flex-col gap-4">
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Who may">
          {(control) => <Select {...control} value={permission} options={OPTIONS} onValueChange={(next) => setPermission(next as Permission)} />}
        </Field>
        <Field label="Person">
          {(control) => <Input {...control} type="search" value={search} maxLength={200} placeholder="Name or address" onChange={(event) => setSearch(event.target.value)} />}
        </Field>
      </div>
      {answer.isPending ? (
        <SkeletonRows count={3} />
      ) : answer.isError ? (
        <ErrorState error={answer.error} retry={() => void answer.refetch()} what="who may" />
      ) : answer.data.people.length + answer.data.programs.length + answer.data.unnamedPrograms === 0 ? (
        <p className="text-sm text-muted-foreground">{search === "" ? "Nobody may." : "Nobody of this name may."}</p>
      ) : (
        <>
          {answer.data.people.length === 0 ? null : <ul className="divide-y rounded-lg border bg-card" aria-label="People who may">
            {answer.data.people.map(({ userId, name, email, reasons }) => (
              <li key={userId} className="flex flex-col gap-1 px-4 py-3 text-sm">
                <span className="font-medium break-words">{name} <span className="text-xs font-normal break-all text-muted-foreground">{email === name ? "" : email}</span></span>
                <ul className="flex flex-col gap-0.5 text-xs text-muted-foreground">
                  {reasons.map((reason, index) => <li key={index}><RoleReason {...reason} /></li>)}
                </ul>
              </li>
            ))}
          </ul>}
          {answer.data.programs.length === 0 ? null : <Programs programs={answer.data.programs} />}
          {answer.data.unnamedPrograms === 0 ? null : <p className="text-xs text-muted-foreground">And {answer.data.unnamedPrograms} {answer.data.unnamedPrograms === 1 ? "program" : "programs"} of the workspace, by the role that they have in all of it.</p>}
          {answer.data.total > answer.data.people.length ? <p className="text-xs text-muted-foreground">{answer.data.total} people in all; search for a name to find the others.</p> : null}
        </>
      )}
    </div>
  );
}
