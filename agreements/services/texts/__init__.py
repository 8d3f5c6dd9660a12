"""The texts of agreements, from the template to the signed document (A-09):

- `drafting.draw_up(agreement_id, by, at, variables=None, kind=None) -> AgreementText`: from the
  published template; `drafting.fill_in(text_id, variables, by, at)`
- `negotiation.send / take_back / propose / accept / refuse / counter / withdraw / agree / reopen`
- `signatures.sign_for_institution / record_on_paper / withdraw_signature`; the head signs by
  `signing.sign_agreement` and `supplements.sign_supplement`
- `in_force.text_of(agreement_id) -> AgreementText | None`: the text both sides signed
- `documents.document_of(text_id, at) -> Attachment`: the signed PDF, drawn when first asked for
- `verification.verify(...)`: is this the document that was signed
"""
