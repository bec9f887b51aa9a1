import { text, type Thing } from "../rule.js";
import { firmly } from "./naming.js";

export const CLUSTER = "aws:eks/cluster:Cluster";
export const ADD_ON = "aws:eks/addon:Addon";

export const ofCluster = { clusterName: firmly(CLUSTER) };
export const clusterNameOf = ({ inputs }: Pick<Thing, "inputs">) => text(inputs, "clusterName");
