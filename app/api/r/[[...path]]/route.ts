import { handleRoute } from "@/server/ingress/handle-route";

export { handleRoute as DELETE, handleRoute as GET, handleRoute as PATCH, handleRoute as POST, handleRoute as PUT };
