"use client";

import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound, Plus, RotateCw, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "@/components/data/trpc";
import { useSearchText } from "@/components/shell/use-search-text";
import { useMay, useWorkspace } from "@/components/shell/workspace-context";
import { Moment } from "@/components/time/moment";
import { EntryLink, EntryRow, useEntryBeyond } from "@/components/settings/entry";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import type { TokenView } from "@/server/tokens/contract";
import { RotateTokenDialog } from "@/components/programs/rotate-token-dialog";
import { ConfirmDialog } from "./confirm-dialog";
import { CreateTokenDialog } from "./create-token-dialog";
import { SettingsList } from "./settings-list";

export function TokensPage() {
  const trpc = useTRPC();
  const mayWrite = useMay("token:write");
  const mayProgram = useMay("member:write");
  const { user } = useWorkspace();
  /** One's own, and those of programs: the new one is in the hands of who made it. */
  const mayReplace = ({ owner, serviceAccount }: TokenView) => (serviceAccount === null ? owner?.id === user.id : mayProgram);
  const search = useSearchText();
  const tokens = useInfiniteQuery({ ...trpc.tokens.list.infiniteQueryOptions({ search: search.search }, { getNextPageParam: (page) => page.nextCursor }), placeholderData: keepPreviousData });
  const shown = tokens.data?.pages.flatMap((page) => page.items);
  const beyond = useEntryBeyond(shown, tokens.hasNextPage && search.search === "");
  const found = useQuery({ ...trpc.tokens.list.queryOptions({ search: beyond ?? "" }), enabled: beyond !== null });
  const [isCreating, setCreating] = useState(false);
  const [rotating, setRotating] = useState<TokenView | null>(null);
  const [revoking, setRevoking] = useState<TokenView | null>(null);
  return (
    <>
      <SettingsList
        title="API tokens"
        description="For programs and the command line. A token may do what its scopes say, and never more than its owner."
        actions={
          mayWrite ? (
            <Button variant="primary" onClick={() => setCreating(true)}>
              <Plus aria-hidden />
              New token
            </Button>
          ) : null
        }
        query={{ ...tokens, data: found.data === undefined || beyond === null ? shown : [...found.data.items, ...shown!] }}
        more={tokens}
        search={{ ...search, label: "Search tokens" }}
        empty={{ icon: KeyRound, title: "No tokens", text: "With a token, scripts and other systems start workflows and read runs through the REST API." }}
      >
        {(items) => (
          <ul className="divide-y">
            {items.map((token) => (
              <EntryRow key={token.id} id={token.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
                <div className="flex min-w-0 flex-1 basis-40 flex-col gap-1">
                  <div className="flex flex-wrap items-center gap-2">
                    <EntryLink id={token.id}><span className="font-medium break-words">{token.name}</span></EntryLink>
                    <code className="font-mono text-xs text-muted-foreground">{token.prefix}…</code>
                    {token.expiresAt !== null && Date.parse(token.expiresAt) < tokens.dataUpdatedAt ? <Badge tone="danger">Expired</Badge> : null}
                  </div>
                  <p className="text-xs text-muted-foreground">{token.scopes.join(", ")}</p>
                  <p className="text-xs text-muted-foreground">
                    {token.serviceAccount !== null ? `${token.serviceAccount.name}, ` : token.owner === null ? "" : `${token.owner.name}, `}
                    {token.allowedAddresses.length === 0 ? "" : `only from ${token.allowedAddresses.join(", ")}, `}
                    {token.lastUsedAt === null ? "never used" : <>used <Moment at={token.lastUsedAt} /></>}
                    {token.expiresAt === null ? ", does not expire" : <>, expires <Moment at={token.expiresAt} /></>}
                  </p>
                </div>
                {mayWrite ? (
                  <div className="flex gap-1">
                  {mayReplace(token) ? <Button variant="ghost" size="icon" aria-label={`Replace ${token.name}`} title="Replace" onClick={() => setRotating(token)}>
                    <RotateCw aria-hidden />
                  </Button> : null}
                  <Button variant="ghost" size="icon" aria-label={`Revoke ${token.name}`} onClick={() => setRevoking(token)}>
                    <Trash2 aria-hidden />
                  </Button>
                  </div>
                ) : null}
              </EntryRow>
            ))}
          </ul>
        )}
      </SettingsList>
      {isCreating ? <CreateTokenDialog close={() => setCreating(false)} /> : null}
      {rotating === null ? null : <RotateTokenDialog token={rotating} close={() => setRotating(null)} />}
      {revoking === null ? null : <RevokeDialog token={revoking} close={() => setRevoking(null)} />}
    </>
  );
}

function RevokeDialog({ token, close }: { token: TokenView; close: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const revoke = useMutation(
    trpc.tokens.revoke.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries({ queryKey: trpc.tokens.pathKey() });
        close();
      },
    }),
  );
  return (
    <ConfirmDialog title={`Revoke ${token.name}?`} action="Revoke" isBusy={revoke.isPending} error={revoke.error} onConfirm={() => revoke.mutate({ tokenId: token.id })} close={close}>
      Whatever uses it stops working at once. It cannot be brought back.
    </ConfirmDialog>
  );
}
