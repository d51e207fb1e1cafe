"use client";

import { Braces, ListChecks } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { ModuleSetup } from "@/components/modules/module-setup";
import { SidePanel } from "@/components/shell/side-panel";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { CodedText } from "@/components/ui/coded-text";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { OpenCalled } from "@/components/workflows/open-called";
import { ProblemIcon } from "@/components/workflows/problems-panel";
import { findKind } from "@/server/nodes/catalog";
import { isWithinAny } from "@/server/nodes/config-fields";
import { formOf } from "@/server/nodes/form";
import type { WorkflowProblem } from "@/server/workflows/contract";
import type { BuilderActions } from "./builder-actions";
import { changeConfig, changeNode } from "./change-node";
import { ConfigForm } from "./config-form";
import { ConnectionsTab } from "./connections-tab";
import type { Draft, DraftNode } from "./draft";
import type { EditSession } from "./edit-session";
import { GroupedForm } from "./grouped-form";
import { KeepFocus, type FocusPlace } from "./keep-focus";
import { KindHelp } from "./kind-help";
import { NodeNameFields } from "./node-name-fields";
import { nameOf } from "./places";
import { patchOfSettings, SETTINGS_GROUPS, settingsOf, settingsSchemaOf } from "./step-settings";
import type { FieldRules } from "./template-field";
import { useFieldFocus } from "./use-field-focus";
import { TestTab } from "./test/test-tab";

export interface InspectorProps {
  node: DraftNode;
  draft: Draft;
  session: EditSession;
  /** Fields begin anew when the draft changed other than through them. */
  epoch: number;
  problems: readonly WorkflowProblem[];
  actions: BuilderActions;
  onSelect: (id: string) => void;
  onClose: () => void;
  /** Back to the step on the canvas. */
  onLeave: () => void;
  onEditText: (pointer: string) => void;
  /** To what a run begins with. */
  onEditInput: () => void;
}

/** The selected step. The tab stays when another step is selected. */
export function Inspector(props: InspectorProps) {
  const { node, onSelect } = props;
  const [tab, setTab] = useState("setup");
  const [shown, setShown] = useState({ id: node.id, turn: 0 });
  if (shown.id !== node.id) setShown({ id: node.id, turn: shown.turn + 1 });
  // With another id it is the same step: who is filling it in stays where they are.
  const follow = (id: string) => {
    setShown({ ...shown, id });
    onSelect(id);
  };
  return <StepInspector key={shown.turn} {...props} onRenamed={follow} tab={tab} onTab={setTab} />;
}

/** What a step does, what its last test knows, how it behaves, what it is connected to, and what its kind is good for. */
function StepInspector({ node, draft, session, epoch, problems, actions, onSelect, onRenamed, onClose, onLeave, onEditText, onEditInput, tab, onTab }: InspectorProps & { onRenamed: (id: string) => void; tab: string; onTab: (tab: string) => void }) {
  const spec = findKind(node.kind);
  const panel = useRef<HTMLDivElement>(null);
  const focus = useRef<FocusPlace>(null);
  useFieldFocus(panel, onTab);
  const base = `/nodes/${draft.nodes.indexOf(node)}`;
  const own = problems.filter(({ nodeId, path }) => nodeId === node.id || path.startsWith(`${base}/`));
  return (
    <SidePanel title={nameOf(draft, node.id)} onClose={onClose} isQuiet>
      <Tabs
        key={epoch}
        ref={panel}
        data-inspector
        value={tab}
        onValueChange={onTab}
        // Lists and suggestions that are open take it for themselves.
        onKeyDown={(event) => {
          if (event.key !== "Escape" || event.defaultPrevented) return;
          // It stays selected.
          event.preventDefault();
          onLeave();
        }}
        className="flex flex-col"
      >
        <TabsList aria-label="About this step" className="sticky top-0 z-20 bg-card px-2 max-sm:[&>button]:px-2">
          <TabsTrigger value="setup">Setup</TabsTrigger>
          <TabsTrigger value="test">Test</TabsTrigger>
          <TabsTrigger value="settings">Behaviour</TabsTrigger>
          <TabsTrigger value="connections">Connections</TabsTrigger>
          <TabsTrigger value="help">Help</TabsTrigger>
        </TabsList>
        <TabsContent value="setup" className="flex flex-col gap-5 p-4">
          <NodeNameFields node={node} draft={draft} session={session} onRenamed={onRenamed} />
          <div className="flex flex-col gap-1.5">
            <Badge tone={spec === null ? "warning" : "neutral"} className="self-start">{spec?.title ?? `Unknown kind ${node.kind}`}</Badge>
            {spec === null ? null : <p className="text-xs text-muted-foreground"><CodedText text={spec.summary} /></p>}
          </div>
          <Problems problems={own.filter((problem) => !isOfEmptyField(problem, `${base}/config`))} />
          {node.kind === "module" ? (
            <ModuleSetup node={node} draft={draft} session={session} base={`${base}/config`} problems={own} />
          ) : node.kind === "trigger.manual" ? (
            <div className="flex flex-col items-start gap-2">
              <p className="text-sm text-muted-foreground">Which fields a run begins with is said once for the workflow.</p>
              <Button size="sm" variant="primary" onClick={onEditInput}>
                <ListChecks aria-hidden />
                Input fields
              </Button>
            </div>
          ) : (
            <ConfigPart node={node} draft={draft} session={session} base={`${base}/config`} problems={own} />
          )}
          {node.kind === "subworkflow" ? <OpenCalled kind={node.kind} config={node.config} /> : null}
          <Button size="sm" onClick={() => onEditText(base)} className="self-start">
            <Braces aria-hidden />
            Edit in JSON
          </Button>
        </TabsContent>
        <TabsContent value="test" className="p-4">
          <TestTab node={node} draft={draft} />
        </TabsContent>
        <TabsContent value="settings" className="p-4">
          <GroupedForm
            groups={SETTINGS_GROUPS}
            draft={draft}
            nodeId={node.id}
            schema={settingsSchemaOf(node)}
            value={settingsOf(node)}
            base={base}
            problems={own}
            rules={SETTINGS_RULES}
            onChange={(next, field, names) => session.applySoon("change the behaviour", (current) => changeNode(current, node.id, patchOfSettings(next, names)), `${node.id}/${field}`)}
          />
        </TabsContent>
        <TabsContent value="connections" className="p-4">
          <ConnectionsTab node={node} draft={draft} session={session} problems={problems} actions={actions} onSelect={onSelect} />
        </TabsContent>
        <TabsContent value="help" className="p-4">
          <KindHelp node={node} />
        </TabsContent>
        <KeepFocus keptRef={focus} />
      </Tabs>
    </SidePanel>
  );
}

const EVALUATED = ["/skipIf", "/cache/key", "/concurrency/key", "/rateLimit/key", "/throttle/key", "/debounce/key", "/retry/retryIf"];
const SETTINGS_RULES: FieldRules = { isLiteral: (pointer) => !EVALUATED.includes(pointer) };

function ConfigPart({ node, draft, session, base, problems }: { node: DraftNode; draft: Draft; session: EditSession; base: string; problems: readonly WorkflowProblem[] }) {
  const schema = useMemo(() => formOf(node.kind), [node.kind]);
  const rules = useMemo((): FieldRules => {
    const spec = findKind(node.kind);
    const literal = [...(spec?.literalFields ?? []), ...(spec?.rawFields ?? []).map((field) => `/${field}`)];
    return { isLiteral: (pointer) => isWithinAny(literal, pointer) };
  }, [node.kind]);
  if (schema === null || Object.keys(schema.properties ?? {}).length === 0) return <p className="text-sm text-muted-foreground">There is nothing to set up.</p>;
  return (
    <ConfigForm
      draft={draft}
      nodeId={node.id}
      schema={schema}
      value={node.config ?? {}}
      base={base}
      problems={problems}
      rules={rules}
      onChange={(next, field) => session.applySoon("change the setup", (current) => changeConfig(current, node.id, next), `${node.id}/config/${field}`)}
    />
  );
}

/** It says so itself, and is filled in next: what stands above would move it as one types. */
function isOfEmptyField({ path, message }: WorkflowProblem, base: string): boolean {
  return path.startsWith(`${base}/`) && message.endsWith(" is required");
}

function Problems({ problems }: { problems: readonly WorkflowProblem[] }) {
  if (problems.length === 0) return null;
  return (
    <ul aria-label="Problems of this step" className="flex flex-col gap-1.5 rounded-md border bg-muted/40 p-2.5">
      {problems.map((problem, index) => (
        <li key={index} className="flex gap-2 text-sm">
          <ProblemIcon severity={problem.severity} />
          <span className="min-w-0 break-words">{problem.message}</span>
        </li>
      ))}
    </ul>
  );
}
