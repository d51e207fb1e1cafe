"use client";

import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { CHOICES_PAGE, SearchedChoices } from "@/components/shell/searched-choices";
import { useSearchText } from "@/components/shell/use-search-text";
import { CommandItem } from "@/components/ui/command";
import { Picker } from "@/components/ui/picker";
import type { FieldControl } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { SkeletonRows } from "@/components/ui/skeleton";

export type ProgramKind = "service_account" | "issuer" | "token";

export interface PickedProgram {
  id: string;
  name: string;
}

export interface ProgramPickerProps {
  kind: ProgramKind;
  value: PickedProgram | null;
  onPick: (program: PickedProgram) => void;
  control: FieldControl;
}

const WORDS: Readonly<Record<ProgramKind, { placeholder: string; none: string }>> = {
  service_account: { placeholder: "Choose a service account", none: "There are no service accounts" },
  issuer: { placeholder: "Choose an issuer", none: "There are no trusted issuers" },
  token: { placeholder: "Choose a token", none: "There are no tokens." },
};

/** A service account, a trusted issuer or an API token of the workspace. */
export function ProgramPicker({ kind, value, onPick, control }: ProgramPickerProps) {
  if (kind !== "token") return <OneOfFew kind={kind} value={value} onPick={onPick} control={control} />;
  return (
    <Picker label={value?.name ?? null} placeholder={WORDS.token.placeholder} of="API tokens" control={control} className="w-full">
      {(close) => (
        <Tokens
          onPick={(token) => {
            close();
            onPick(token);
          }}
        />
      )}
    </Picker>
  );
}

function OneOfFew({ kind, value, onPick, control }: ProgramPickerProps & { kind: "service_account" | "issuer" }) {
  const trpc = useTRPC();
  const accounts = useQuery({ ...trpc.programs.serviceAccounts.queryOptions(), enabled: kind === "service_account" });
  const issuers = useQuery({ ...trpc.programs.issuers.queryOptions(), enabled: kind === "issuer" });
  const query = kind === "issuer" ? issuers : accounts;
  if (query.isPending) return <SkeletonRows count={1} />;
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} what="the programs" />;
  const all = query.data.map(({ id, name }) => ({ id, name }));
  const { placeholder, none } = WORDS[kind];
  return (
    <Select
      {...control}
      value={value?.id}
      placeholder={all.length === 0 ? none : placeholder}
      options={all.map(({ id, name }) => ({ value: id, label: name }))}
      onValueChange={(id) => {
        const found = all.find((one) => one.id === id);
        if (found !== undefined) onPick(found);
      }}
    />
  );
}

function Tokens({ onPick }: Pick<ProgramPickerProps, "onPick">) {
  const trpc = useTRPC();
  const text = useSearchText();
  const found = useInfiniteQuery({ ...trpc.tokens.list.infiniteQueryOptions({ search: text.search, limit: CHOICES_PAGE }, { getNextPageParam: (page) => page.nextCursor }), placeholderData: keepPreviousData });
  const tokens = found.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <SearchedChoices {...text} of="tokens" placeholder="Name of the token" empty={WORDS.token.none} found={found} items={tokens}>
      {({ id, name, owner, serviceAccount }) => (
        <CommandItem key={id} value={id} onSelect={() => onPick({ id, name })}>
          <span className="min-w-0 flex-1 truncate">{name}</span>
          <span className="max-w-40 truncate text-xs text-muted-foreground">{owner?.name ?? serviceAccount?.name ?? "the installation"}</span>
        </CommandItem>
      )}
    </SearchedChoices>
  );
}
