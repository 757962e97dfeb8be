/** A stand-in for `hashicorp/null` 3.2.4, whose public schema it serves. */
import { buildStandIn, installStandIn, type StandIn } from './stand-in-provider';

const standIn: StandIn = {
  address: 'hashicorp/null',
  version: '3.2.4',
  main: 'null-provider-main.ts',
};

export const buildNullProvider = () => buildStandIn(standIn);

/** @param folder in which Terraform runs */
export const installNullProvider = (file: string, folder: string) =>
  installStandIn(standIn, file, folder);
