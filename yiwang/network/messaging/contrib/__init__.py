"""Ways out: each adapter turns one ``Letter`` into a delivery and raises ``DeliveryFailed`` when it cannot."""
