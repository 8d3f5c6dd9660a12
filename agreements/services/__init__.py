"""Use cases of agreements, by subject. All keyword-only, one transaction each, refusing with
`agency.rules.Refusal` before anything is written; `at` is the instant of the act.

What upper apps call (supervision, demo):

- `signing.draft_agreement(institution_id, region_code, valid_from, by, at, months=None)
  -> Agreement`
- `signing.sign_agreement(agreement_id, by, at) -> Agreement`: number given; in force at once if
  its first day has come, else by the nightly job
- `signing.cancel_agreement(agreement_id, by, at, reason)`: a draft or one not yet in force
- `suspension.suspend_agreement(agreement_id, by, at, on, ground: SuspensionGround, reason,
  planned_to=None, rule="B-13", basis_case="") -> Agreement`: mandatory; `on` is the first suspended
  day, not later than today; `planned_to` (last day) defaults to the longest allowed
- `suspension.resume_agreement(agreement_id, by, at, on, reason="") -> Agreement`
- `suspension.hold_termination(agreement_id, by, at, reason) -> Agreement`
- `ending.dissolve_agreement(agreement_id, by, at, on, ground: int, reason, rule="", basis_case="")
  -> Agreement`: `on` is the first day without an agreement, not later than today
- `renewal.renew_agreement(agreement_id, by, at, months=None) -> Agreement`: the draft that follows
- `requests.file_request(agreement_id, kind, by, at, reason, wanted_on=None, wanted_to=None)`,
  `requests.withdraw_request(request_id, by, at)`, `requests.accept_request(request_id, by, at,
  reason="")`, `requests.refuse_request(request_id, by, at, reason)` `-> AgreementRequest`
- `deadlines.*(on, at) -> int`: the nightly sweeps, set-based, idempotent
"""
