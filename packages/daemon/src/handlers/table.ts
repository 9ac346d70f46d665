import type { HandlerTable } from "../turn/handler.ts";
import { approvalAdd } from "./approval-add.ts";
import { approvalList } from "./approval-list.ts";
import { approvalRemove } from "./approval-remove.ts";
import { auditList } from "./audit-list.ts";
import { auditPolicy } from "./audit-policy.ts";
import { auditVerify } from "./audit-verify.ts";
import { sessionAuthenticate } from "./authenticate.ts";
import { vaultBackup } from "./backup.ts";
import { vaultBatch } from "./batch.ts";
import { clipboardClear } from "./clipboard-clear.ts";
import { clockAccept } from "./clock-accept.ts";
import { vaultCompact } from "./compact.ts";
import { vaultConfirm } from "./confirm.ts";
import { secretDelete } from "./delete.ts";
import { secretGet } from "./get.ts";
import { secretHistory } from "./history.ts";
import { keyCreate } from "./key-create.ts";
import { keyList } from "./key-list.ts";
import { keyRevoke } from "./key-revoke.ts";
import { keyRotate } from "./key-rotate.ts";
import { keyShow } from "./key-show.ts";
import { keyUpdate } from "./key-update.ts";
import { keyVerify } from "./key-verify.ts";
import { leaseAcquire } from "./lease-acquire.ts";
import { leaseRelease } from "./lease-release.ts";
import { leaseRenew } from "./lease-renew.ts";
import { secretList } from "./list.ts";
import { oauthAdopt } from "./oauth-adopt.ts";
import { oauthDiscover } from "./oauth-discover.ts";
import { oauthExportRefresh } from "./oauth-export-refresh.ts";
import { oauthList } from "./oauth-list.ts";
import { oauthLoginWait } from "./oauth-login-wait.ts";
import { oauthLogin } from "./oauth-login.ts";
import { oauthPut } from "./oauth-put.ts";
import { oauthRemove } from "./oauth-remove.ts";
import { oauthReport } from "./oauth-report.ts";
import { oauthRevoke } from "./oauth-revoke.ts";
import { oauthShow } from "./oauth-show.ts";
import { oauthToken } from "./oauth-token.ts";
import { vaultPolicy } from "./policy.ts";
import { secretPurge } from "./purge.ts";
import { vaultRead } from "./read.ts";
import { vaultRekey } from "./rekey.ts";
import { recipeList } from "./recipe-list.ts";
import { recipeRemove } from "./recipe-remove.ts";
import { recipeSet } from "./recipe-set.ts";
import { renewerList } from "./renewer-list.ts";
import { renewerRemove } from "./renewer-remove.ts";
import { renewerSet } from "./renewer-set.ts";
import { secretRestore } from "./restore.ts";
import { secretSet } from "./set.ts";
import { sessionIssue } from "./session-issue.ts";
import { sessionJwks } from "./session-jwks.ts";
import { sessionOwn } from "./session-own.ts";
import { slotAdd } from "./slot-add.ts";
import { slotList } from "./slot-list.ts";
import { slotRemove } from "./slot-remove.ts";
import { vaultStatus } from "./status.ts";
import { daemonStop } from "./stop.ts";
import { vaultVerify } from "./verify.ts";
import { watchStart } from "./watch-start.ts";

/** Every method that passes through the turn, sorted; a method is served by this or not at all. */
export const HANDLERS: HandlerTable = {
  "approval/add": approvalAdd,
  "approval/list": approvalList,
  "approval/remove": approvalRemove,
  "audit/list": auditList,
  "audit/policy": auditPolicy,
  "audit/verify": auditVerify,
  "clipboard/clear": clipboardClear,
  "clock/accept": clockAccept,
  "daemon/stop": daemonStop,
  "key/create": keyCreate,
  "key/list": keyList,
  "key/revoke": keyRevoke,
  "key/rotate": keyRotate,
  "key/show": keyShow,
  "key/update": keyUpdate,
  "key/verify": keyVerify,
  "lease/acquire": leaseAcquire,
  "lease/release": leaseRelease,
  "lease/renew": leaseRenew,
  "oauth/adopt": oauthAdopt,
  "oauth/discover": oauthDiscover,
  "oauth/export-refresh": oauthExportRefresh,
  "oauth/list": oauthList,
  "oauth/login": oauthLogin,
  "oauth/login-wait": oauthLoginWait,
  "oauth/put": oauthPut,
  "oauth/remove": oauthRemove,
  "oauth/report": oauthReport,
  "oauth/revoke": oauthRevoke,
  "oauth/show": oauthShow,
  "oauth/token": oauthToken,
  "recipe/list": recipeList,
  "recipe/remove": recipeRemove,
  "recipe/set": recipeSet,
  "renewer/list": renewerList,
  "renewer/remove": renewerRemove,
  "renewer/set": renewerSet,
  "secret/delete": secretDelete,
  "secret/get": secretGet,
  "secret/history": secretHistory,
  "secret/list": secretList,
  "secret/purge": secretPurge,
  "secret/restore": secretRestore,
  "secret/set": secretSet,
  "session/authenticate": sessionAuthenticate,
  "session/issue": sessionIssue,
  "session/jwks": sessionJwks,
  "session/own": sessionOwn,
  "slot/add": slotAdd,
  "slot/list": slotList,
  "slot/remove": slotRemove,
  "vault/backup": vaultBackup,
  "vault/batch": vaultBatch,
  "vault/compact": vaultCompact,
  "vault/confirm": vaultConfirm,
  "vault/policy": vaultPolicy,
  "vault/read": vaultRead,
  "vault/rekey": vaultRekey,
  "vault/status": vaultStatus,
  "vault/verify": vaultVerify,
  "watch/start": watchStart,
};
