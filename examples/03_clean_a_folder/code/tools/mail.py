"""Tells the owner what is missing."""

import smtplib

OWNER = "ann.smith@corner-shop.org"


def tell(articles, server="192.168.0.17"):
    text = "Subject: missing\n\n" + "\n".join(articles)
    with smtplib.SMTP(server) as mail:
        mail.sendmail(OWNER, OWNER, text)
