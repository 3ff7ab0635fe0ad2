"""What a code host says about a repository's protection: alerts, branch rules, scans and how often they ran."""
