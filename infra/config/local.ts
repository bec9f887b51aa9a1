import { z } from "zod";
import { port } from "./values.js";

const noKubeconfig = 'missing; run "npm run up", which starts the cluster';

/** `slipway:local`: the cluster that `npm run up` started on this machine; the command fills in the kubeconfig. */
export const local = z
  .strictObject({
    /** File with the cluster's address and the way to sign in. */
    kubeconfig: z.string(noKubeconfig).min(1, noKubeconfig),
    context: z.string().min(1).optional(),
    httpsPort: port.optional(),
  })
  .optional();
