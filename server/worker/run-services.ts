import type { StepServices } from "@/server/nodes/services";
import type { RunContext } from "@/server/worker/run-context";

/** What runners may use of the world, as far as whom the run acts for may. */
export function servicesOf(run: RunContext): StepServices {
  const { acting, claim, payloads, redaction, worker } = run;
  const { services, identity } = worker.ports;
  return {
    ...services,
    llm: {
      ...services.llm,
      findAdapter: async (workspaceId, name) => {
        await acting.require({ permission: "secret:use" }, `use the LLM adapter ${name}`);
        return services.llm.findAdapter(workspaceId, name);
      },
    },
    files: {
      save: (file) => payloads.patiently(() => services.files.save({ ...file, data: redaction.file(file.data) })),
      read: async (workspaceId, id) => {
        const isFree = acting.identity === null || (await identity.isOwnFile(workspaceId, claim.id, id)) || (await acting.may({ permission: "run:read", at: { blobId: id } }));
        return isFree ? payloads.patiently(() => services.files.read(workspaceId, id)) : null;
      },
    },
    workflows: {
      resolve: async (request) => {
        const found = await services.workflows.resolve({ ...request, environmentId: claim.environmentId ?? null });
        if (found === null) return null;
        await acting.require({ permission: "run:start", at: { workflowId: found.workflowId } }, `start the workflow ${found.name}`);
        await acting.noteChild(found.versionId);
        return found;
      },
    },
    modules: {
      resolve: async (request) => {
        const found = await services.modules.resolve(request);
        if (found !== null) await acting.noteChild(found.versionId);
        return found;
      },
    },
  };
}
